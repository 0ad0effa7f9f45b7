using System;
using System.Net;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>What the program finds out with our own STUN server.</summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [LinuxFact]
    public async Task An_open_machine_is_told_that_it_is()
    {
        await using var server = new StunServerSockets(IPAddress.Loopback, IPAddress.Parse("127.0.0.2"));

        using var run = await ProgramRun.ToEndAsync(
            _temporary.Root, Patience, "doctor", "--json", "--stun", server.Endpoint.ToString());

        Assert.True(run.ExitCode == 0, run.Errors);
        var summary = run.Json()[^1];
        Assert.Equal("summary", summary.GetProperty("kind").GetString());
        Assert.Equal("none", summary.GetProperty("natMapping").GetString());
        Assert.Equal("endpoint-independent", summary.GetProperty("natFiltering").GetString());
        Assert.Equal("preserving", summary.GetProperty("portAllocation").GetString());
        Assert.StartsWith("127.0.0.1:", summary.GetProperty("publicEndpoint").GetString(), StringComparison.Ordinal);
        Assert.False(summary.GetProperty("udpBlocked").GetBoolean());
        Assert.Equal(JsonValueKind.Array, summary.GetProperty("relays").ValueKind);
        Assert.Equal(1, summary.GetProperty("stunServers").GetArrayLength());
        Assert.Contains("public and open", run.Errors, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Where_no_server_answers_udp_is_said_to_be_blocked()
    {
        using var silent = FreePorts.Bind(IPAddress.Loopback)[0];

        using var run = await ProgramRun.ToEndAsync(
            _temporary.Root, Patience, "doctor", "--json", "--stun", silent.LocalEndPoint!.ToString()!);

        Assert.True(run.ExitCode == 0, run.Errors);
        var summary = run.Json()[^1];
        Assert.True(summary.GetProperty("udpBlocked").GetBoolean());
        Assert.Equal("unknown", summary.GetProperty("natMapping").GetString());
        Assert.Contains("allow outbound UDP", run.Errors, StringComparison.Ordinal);
    }
}
