using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Api;
using MeshActors.Host.Cli;
using MeshActors.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace MeshActors.Host.Roles;

/// <summary>A node from its start to its end: what <c>run</c> does.</summary>
internal static partial class NodeProgram
{
    private const string LogName = "MeshActors.Node";

    /// <summary>Runs until it is asked to stop, its address turns out to be taken, its certificate is due, or its cluster takes it out.</summary>
    /// <returns>0 after a stop; 75 when it is to be started again.</returns>
    public static async Task<int> RunAsync(
        NodeConfiguration configuration, HostEnvironment environment, CommandOutput output, CancellationToken stopped)
    {
        var settings = configuration.Mesh;
        using var logs = NodeLog.Create(settings.Observability);
        var log = logs.CreateLogger(LogName);
        using var telemetry = NodeTelemetry.Start(settings.Observability, settings.Node.Id, environment.Variable);
        if (!settings.Networking.RelayFallback)
        {
            LogNoRelay(log);
        }

        var end = await ServeAsync(configuration, environment, output, logs, stopped).ConfigureAwait(false);
        return end switch
        {
            NodeEnd.AddressTaken => output.Fail(
                ErrorCodes.AddressTaken, "Another root key holds this node's address; the next salt was stored.", "Start the node again: it gets another address.", ExitCode.StartAgain),
            NodeEnd.CertificateDue => output.Fail(
                ErrorCodes.CertificateDue, "The node certificate has counted for its rotation interval.", "Start the node again: it gets fresh keys.", ExitCode.StartAgain),
            NodeEnd.Downed => output.Fail(
                ErrorCodes.ClusterDowned, "The cluster took this node out: it was downed, or on the lost side of a cut.", "Start the node again: it joins as a new member.", ExitCode.StartAgain),
            NodeEnd.Died => output.Fail(
                ErrorCodes.Unexpected, "The actor system ended by itself.", "Look at the log above for what it says last."),
            _ => output.Summarize(new JsonObject { ["stopped"] = true }),
        };
    }

    private static async Task<NodeEnd> ServeAsync(
        NodeConfiguration configuration,
        HostEnvironment environment,
        CommandOutput output,
        ILoggerFactory logs,
        CancellationToken stopped)
    {
        var settings = configuration.Mesh;
        await using var node = await Node.StartAsync(configuration, environment, logs).ConfigureAwait(false);
        await using var api = await ApiServer.StartAsync(
            settings.Api, node.View, environment.Random, logs, CancellationToken.None).ConfigureAwait(false);
        await AnnounceAsync(node, settings, api, output).ConfigureAwait(false);

        using var due = new CancellationTokenSource(settings.Identity.RotationInterval, environment.Clock.Provider);
        var end = await WaitAsync(node, stopped, due.Token).ConfigureAwait(false);
        LogStopping(logs.CreateLogger(LogName), end);
        if (end == NodeEnd.AddressTaken)
        {
            node.StoreNextSalt();
        }

        return end;
    }

    private static async Task AnnounceAsync(Node node, MeshSettings settings, ApiServer api, CommandOutput output)
    {
        var fields = await node.StatusAsync().ConfigureAwait(false);
        fields["api"] = new JsonObject { ["unixSocket"] = settings.Api.UnixSocket, ["url"] = api.Url };
        output.Warn($"ready: {fields["address"]} root {fields["root"]} on {string.Join(", ", fields["endpoints"]!.AsArray().Select(endpoint => endpoint!.ToString()))}");
        output.Emit("ready", fields);
    }

    private static async Task<NodeEnd> WaitAsync(Node node, CancellationToken stopped, CancellationToken due)
    {
        var stop = Signal(stopped);
        var rotate = Signal(due);
        var first = await Task.WhenAny(stop, rotate, node.AddressTaken, node.Ended).ConfigureAwait(false);
        return first == stop ? NodeEnd.Stopped
            : first == rotate ? NodeEnd.CertificateDue
            : first == node.AddressTaken ? NodeEnd.AddressTaken
            : node.IsDowned ? NodeEnd.Downed
            : NodeEnd.Died;
    }

    private static Task Signal(CancellationToken token)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => signal.TrySetResult());
        return signal.Task;
    }

    [LoggerMessage(1001, LogLevel.Warning, "relay-fallback is off: relays carry no data, and a peer that no direct path reaches is the error no-direct-path")]
    private static partial void LogNoRelay(ILogger log);

    [LoggerMessage(1002, LogLevel.Information, "Stopping: {End}")]
    private static partial void LogStopping(ILogger log, NodeEnd end);
}
