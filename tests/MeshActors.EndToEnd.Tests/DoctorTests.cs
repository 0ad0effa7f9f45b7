using System;
using System.IO;
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
    public async Task Relays_of_the_configuration_are_asked_and_measured()
    {
        await using var answering = new StunServerSockets(IPAddress.Loopback, IPAddress.Parse("127.0.0.2"));
        using var silent = FreePorts.Bind(IPAddress.Loopback)[0];
        var file = Path.Combine(_temporary.Root, "node.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            mesh.networking.relays = [
              { endpoints = ["{{answering.Endpoint}}"] }
              { endpoints = ["{{silent.LocalEndPoint}}"] }
            ]
            """);

        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "doctor", "--json", "--config", file);

        Assert.True(run.ExitCode == 0, run.Errors);
        var relays = run.Json()[^1].GetProperty("relays");
        Assert.Equal(2, relays.GetArrayLength());
        Assert.Equal(answering.Endpoint.ToString(), relays[0].GetProperty("relay").GetString());
        Assert.InRange(relays[0].GetProperty("latencyMs").GetDouble(), double.Epsilon, 10_000);
        Assert.Equal(silent.LocalEndPoint!.ToString(), relays[1].GetProperty("relay").GetString());
        Assert.Equal(JsonValueKind.Null, relays[1].GetProperty("latencyMs").ValueKind);
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
