using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Roles;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Tests.Roles;

/// <summary>A real node with the verb <c>run</c>, over real sockets, in this process.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly SignalWriter _out = new("\"kind\":\"ready\"");
    private readonly SignalWriter _error = new("error:");
    private readonly Task<int> _run;

    private RunningNode(string file)
    {
        var environment = new HostEnvironment(
            _out, _error, Environment.GetEnvironmentVariable, Clock.System, SystemRandomSource.Instance, _stop.Token);
        var line = new CommandLine(environment, context => RunCommand.Create(context, NodeProgram.RunAsync));
        _run = Task.Run(() => line.RunAsync(["run", "--config", file, "--json"]));
    }

    /// <summary>The object of the ready line.</summary>
    public JsonObject Ready { get; private set; } = [];

    public string Errors => _error.ToString();

    public JsonObject Last => JsonNode.Parse(_out.ToString().Trim().Split('\n').Last())!.AsObject();

    public static async Task<RunningNode> StartAsync(string file)
    {
        var node = new RunningNode(file);
        var first = await Task.WhenAny(node._out.Seen, node._run).WaitAsync(Patience);
        if (first == node._out.Seen)
        {
            node.Ready = JsonNode.Parse(await node._out.Seen)!.AsObject();
        }

        return node;
    }

    /// <summary>Waits until it ends by itself; the exit code.</summary>
    public Task<int> EndAsync() => _run.WaitAsync(Patience);

    /// <summary>Asks it to stop and waits; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _out.DisposeAsync();
        await _error.DisposeAsync();
    }
}
