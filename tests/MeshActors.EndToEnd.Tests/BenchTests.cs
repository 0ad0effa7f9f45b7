using System;
using System.IO;
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

    [NamespaceFact]
    public async Task The_flood_bench_floods_a_node_whose_tunnel_goes_on_and_hears_less_than_it_says()
    {
        using var run = await RunScriptAsync("flood", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var floods = run.Json().Where(line => Text(line, "kind") == "flood").ToList();
        Assert.Equal(["spoofed", "real"], floods.Select(line => Text(line, "scenario")));
        Assert.All(floods, line => AssertPositive(line, "maximumMegabytesPerSecond", "beforeMegabytesPerSecond", "floodPacketsPerSecond"));
        Assert.All(floods, line => AssertPositive(line.GetProperty("flood"), "packetsIn", "packetsOut", "worstOutPerIn"));
        Assert.True(floods[0].GetProperty("dropped").GetProperty("AuthenticationFailed").GetInt64() > 0);
        AssertPositive(floods[1].GetProperty("flood"), "cookies");
        Assert.InRange(run.Json()[^1].GetProperty("worstOutPerIn").GetDouble(), 0.0, 1.0);
    }

    [NamespaceFact]
    public async Task The_tunnel_bench_runs_over_a_cable_between_two_namespaces()
    {
        using var run = await RunScriptAsync("tunnel", "--short", "--veth", "--only", "tunnel-64k,limit");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("veth, MTU 1500", Text(run.Json()[0], "network"));
        AssertPositive(run.Json()[^1], "bulkVsLimit");
        Assert.All(
            run.Json().Where(line => Text(line, "kind") == "median"),
            line => Assert.InRange(line.GetProperty("datagramBytes").GetDouble(), 1.0, 1_472.0));
    }

    [ProgramFact("turnserver", "coturn")]
    public async Task The_relay_bench_carries_what_it_says_over_both_relays()
    {
        using var run = await RunScriptAsync("relay", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var relays = run.Json().Where(line => Text(line, "kind") == "relay").ToList();
        Assert.Equal(["ours", "coturn", "ours", "coturn", "ours", "coturn"], relays.Select(line => Text(line, "relay")));
        Assert.All(relays, line => AssertPositive(line, "packetsPerCpuSecond", "packetsPerSecond", "cpuPercent"));
        Assert.All(relays, line => Assert.Equal(0, line.GetProperty("faults").GetInt64()));
        var clients = run.Json().Single(line => Text(line, "kind") == "clients");
        Assert.Equal(20, clients.GetProperty("clients").GetInt32());
        AssertPositive(run.Json()[^1], "packetsPerCoreVsCoturn");
    }

    [LinuxFact]
    public async Task The_akka_bench_carries_what_it_says_over_the_mesh_and_over_both_of_dot_netty()
    {
        using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, "akka", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var medians = run.Json().Where(line => Text(line, "kind") == "median").ToList();
        foreach (var (load, figures) in ((string, string[])[])[
            ("ping-pong", ["messagesPerSecond"]),
            ("ask", ["messagesPerSecond", "p50Us", "p99Us"]),
            ("bulk", ["messagesPerSecond", "megabytesPerSecond"])])
        {
            var lines = medians.Where(line => Text(line, "name") == load).ToList();
            Assert.Equal(["Mesh", "Tcp", "Tls"], lines.Select(line => Text(line, "transport")));
            Assert.All(lines, line => AssertPositive(line, [.. figures, "cpuUsPerMessage", "allocatedBytesPerMessage"]));
            Assert.All(lines, line => Assert.Equal(0, line.GetProperty("faults").GetInt64()));
        }

        var summary = run.Json()[^1];
        Assert.Equal("akka", Text(summary, "bench"));
        AssertPositive(summary, "pingPongVsTcp", "pingPongVsTls", "askP50VsTcp", "askP99VsTcp", "bulkVsTcp", "bulkVsTls");
    }

    [LinuxFact]
    public async Task The_messages_bench_writes_and_reads_with_both_serializers()
    {
        using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, "messages", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var medians = run.Json().Where(line => Text(line, "kind") == "median").ToList();
        Assert.Equal(["catalogue", "default"], medians.Select(line => Text(line, "name")));
        Assert.All(medians, line => AssertPositive(line, "writesPerSecond", "readsPerSecond", "bytes", "writeAllocatedBytes", "readAllocatedBytes"));
        AssertPositive(run.Json()[^1], "writesVsDefault", "readsVsDefault", "bytesVsDefault");
    }

    [LinuxFact]
    public async Task The_akka_bench_says_how_late_heartbeats_are_when_it_is_asked()
    {
        using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, "akka", "--only", "heartbeats", "--short");

        Assert.True(run.ExitCode == 0, run.Errors);
        var medians = run.Json().Where(line => Text(line, "kind") == "median").ToList();
        Assert.Equal(["Mesh", "Tcp", "Tls"], medians.Select(line => Text(line, "transport")));
        Assert.All(medians, line => AssertPositive(line, "megabytesPerSecond"));
        Assert.All(medians, line => Assert.True(line.GetProperty("lateMaxMs").GetDouble() >= line.GetProperty("lateP50Ms").GetDouble()));
        Assert.True(run.Json()[^1].GetProperty("heartbeatLateMaxMs").GetDouble() >= 0);
    }

    [LinuxFact]
    public async Task The_akka_bench_asks_beside_bulk_when_it_is_asked()
    {
        using var run = await ProgramRun.ToEndOfAsync(BuiltProgram.Benchmarks, _temporary.Root, Patience, "akka", "--only", "asks-beside-bulk", "--short", "--seconds", "1");

        Assert.True(run.ExitCode == 0, run.Errors);
        var medians = run.Json().Where(line => Text(line, "kind") == "median").ToList();
        Assert.Equal(["Mesh", "Tcp", "Tls"], medians.Select(line => Text(line, "transport")));
        Assert.All(medians, line => AssertPositive(line, "megabytesPerSecond", "messagesPerSecond", "p50Us", "p99Us"));
        AssertPositive(run.Json()[^1], "askBesideBulkP50VsTcp", "askBesideBulkP99VsTcp");
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

    private Task<ProgramRun> RunScriptAsync(params string[] arguments) => ProgramRun.ToEndOfAsync(
        "env",
        _temporary.Root,
        Patience,
        ["MESH_BENCH_PROGRAM=" + BuiltProgram.Benchmarks, Path.Combine(BuiltProgram.Repository, "scripts", "bench.sh"), .. arguments]);

    private static string Text(JsonElement line, string field) => line.GetProperty(field).GetString()!;

    private static void AssertPositive(JsonElement line, params string[] fields) =>
        Assert.All(fields, field => Assert.True(line.GetProperty(field).GetDouble() > 0, $"{field} of {line}"));
}
