using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>The measuring program, run so shortly that its figures say nothing: what it prints, and that what it carries arrives.</summary>
public sealed class BenchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string[] OneWay =
        ["tunnel-64k", "tunnel-1m", "limit", "limit-own", "raw", "raw-own", "tls", "tcp", "messages"];

    private static readonly string[] RoundTrips = ["rtt-udp", "rtt-tunnel", "rtt-tls", "rtt-tcp"];

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [LinuxFact]
    public async Task Each_load_of_the_tunnel_bench_carries_what_it_says_and_the_summary_has_every_ratio()
    {
        using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, "tunnel", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var lines = run.Json();
        Assert.Equal("environment", Text(lines[0], "kind"));
        foreach (var field in (string[])["cores", "cpuModel", "kernel", "runtime", "commit", "network", "pinning"])
        {
            Assert.True(lines[0].TryGetProperty(field, out _), field);
        }

        var medians = lines.Where(line => Text(line, "kind") == "median").ToDictionary(line => Text(line, "name"));
        Assert.Equal(OneWay.Concat(RoundTrips).Order(), medians.Keys.Order());
        Assert.All(OneWay, name => AssertPositive(medians[name], "gbitPerSecond", "megabytesPerSecond", "messagesPerSecond", "cpuSecondsPerGigabyte"));
        Assert.All(RoundTrips, name => AssertPositive(medians[name], "p50Us", "p99Us", "p999Us"));
        Assert.All(medians.Values, line => Assert.Equal(0, line.GetProperty("faults").GetInt64()));

        var idle = lines.Single(line => Text(line, "kind") == "idle");
        Assert.Equal(20, idle.GetProperty("openTunnels").GetInt32());
        AssertPositive(idle, "managedBytesPerTunnel", "residentBytesPerTunnel");

        var summary = lines[^1];
        Assert.Equal("summary", Text(summary, "kind"));
        Assert.Equal("tunnel", Text(summary, "bench"));
        AssertPositive(
            summary, "bulkVsLimit", "bulk1mVsLimit", "bulkVsLimitOwn", "bulkVsTls", "rttP50VsUdp", "rttP99VsTls", "messagesPerSecond", "idleTunnelBytes");
        Assert.Equal(JsonValueKind.Number, summary.GetProperty("allocatedBytesPerPacket").ValueKind);
        Assert.True(summary.GetProperty("pass").ValueKind is JsonValueKind.True or JsonValueKind.False);
    }

    [LinuxFact]
    public async Task A_command_line_of_the_bench_that_is_wrong_is_refused_with_its_usage()
    {
        foreach (var arguments in (string[][])[[], ["nothing"], ["tunnel", "--seconds", "-1"], ["tunnel", "--only", "teapot"]])
        {
            using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, arguments);

            Assert.Equal(2, run.ExitCode);
            Assert.Contains("usage: bench.sh", run.Errors, StringComparison.Ordinal);
        }
    }

    private static string Text(JsonElement line, string field) => line.GetProperty(field).GetString()!;

    private static void AssertPositive(JsonElement line, params string[] fields) =>
        Assert.All(fields, field => Assert.True(line.GetProperty(field).GetDouble() > 0, $"{field} of {line}"));
}
