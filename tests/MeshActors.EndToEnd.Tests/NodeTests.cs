using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Nodes as processes, asked and stopped from outside.</summary>
public sealed class NodeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_capability_nobody_offers_fails_with_a_hint_within_the_deadline()
    {
        using var node = await RunNodeAsync("backbone", "roles = [backbone, agent]", string.Empty);

        var asked = Stopwatch.StartNew();
        using var send = await SendAsync("backbone", "tea-making", "{}", "4s");

        Assert.Equal(1, send.ExitCode);
        var summary = send.Json()[^1];
        Assert.Equal("no-peers", summary.GetProperty("error").GetString());
        Assert.NotEmpty(summary.GetProperty("hint").GetString()!);

        // The program's own start and end are within the second half.
        Assert.InRange(asked.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_node_asked_to_stop_finishes_its_task_and_its_caller_gets_the_result()
    {
        using var backbone = await RunNodeAsync("backbone", "roles = [backbone, agent]", string.Empty);
        var directory = backbone.Json().Single(line => line.GetProperty("kind").GetString() == "ready").GetProperty("backbone");
        using var worker = await RunNodeAsync(
            "worker",
            "roles = [agent]",
            $$"""
            agents = [ { name = slow, type = "{{typeof(SlowAgent).FullName}}, {{typeof(SlowAgent).Assembly.GetName().Name}}", assembly = "{{typeof(SlowAgent).Assembly.Location}}" } ]
            discovery.backbones = [ { name = home, endpoints = ["{{directory.GetProperty("endpoints")[0].GetString()}}"], root = {{directory.GetProperty("root").GetString()}} } ]
            """);
        var began = _temporary.PathOf("began");
        var sending = SendAsync("backbone", SlowAgent.Capability, JsonSerializer.Serialize(new { began, delayMs = 1_500 }), "20s");
        await WaitForFileAsync(began);

        worker.Signal("TERM");
        using var send = await sending;
        await worker.WaitForEndAsync(Patience);

        Assert.True(send.ExitCode == 0, send.Errors);
        Assert.Equal(1_500, send.Json()[^1].GetProperty("result").GetProperty("waited").GetInt32());
        Assert.True(worker.ExitCode == 0, worker.Errors);
        Assert.False(File.Exists(_temporary.PathOf("worker/api.sock")));
    }

    [Fact]
    public async Task Every_mistake_of_a_configuration_is_reported_with_its_line_and_range_at_once()
    {
        var file = _temporary.Write(
            "bad.conf",
            """
            mesh {
              node { id = "a", colour = blue }
              identity { rotation-interval = 90d, overlap = 5 lightyears }
              networking { max-tunnels = 0, max-tunnels = 5 }
              trust { fleet-secret-file = "nowhere.secret" }
              observability { span-file = ${MESHACTORS_TEST_UNSET} }
            """);

        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "run", "--config", file, "--json");

        Assert.Equal(2, run.ExitCode);
        foreach (var (line, key) in (ReadOnlySpan<(int, string)>)
            [(1, "mesh"), (2, "colour"), (3, "rotation-interval"), (3, "overlap"), (4, "max-tunnels"), (5, "fleet-secret-file"), (6, "span-file")])
        {
            Assert.True(
                run.Errors.Split('\n').Any(text => text.Contains($"bad.conf:{line} ", StringComparison.Ordinal)
                    && text.Contains(key, StringComparison.Ordinal)),
                $"no mistake about {key} on line {line} in\n{run.Errors}");
        }

        Assert.Equal("configuration", run.Json()[^1].GetProperty("error").GetString());
        Assert.True(run.Json()[^1].GetProperty("mistakes").GetInt32() >= 7);
    }

    [Fact]
    public async Task The_example_configuration_is_right()
    {
        using var run = await ProgramRun.ToEndAsync(
            _temporary.Root, Patience, "run", "--config", "hocon/mesh-agent-config.conf", "--check");

        Assert.True(run.ExitCode == 0, run.Errors);
    }

    /// <summary>Starts a node with its API on a Unix socket in its own directory, and waits until it is
    /// ready.</summary>
    private async Task<ProgramRun> RunNodeAsync(string name, string node, string more)
    {
        var file = _temporary.Write(
            name + ".conf",
            $$"""
            mesh {
              node { id = {{name}}, {{node}} }
              identity.path = "{{name}}"
              backbone.bind = "127.0.0.1:0"
              api { bind = off, unix-socket = "{{name}}/api.sock" }
              networking.keepalive-interval = 1s
              {{more}}
            }
            """);
        var run = ProgramRun.Start(_temporary.Root, "run", "--config", file, "--json");
        await run.WaitForLineAsync("\"kind\":\"ready\"", Patience);
        return run;
    }

    private Task<ProgramRun> SendAsync(string node, string capability, string payload, string timeout) =>
        ProgramRun.ToEndAsync(
            _temporary.Root,
            Patience,
            "send", capability, "--payload", payload, "--timeout", timeout, "--config", _temporary.PathOf(node + ".conf"), "--json");

    private static async Task WaitForFileAsync(string path)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!File.Exists(path))
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
