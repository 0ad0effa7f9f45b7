using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Congestion;

namespace MeshActors.LinkLab.Flows;

/// <summary>One end of a flow as a process: <c>flow END ARGUMENTS</c>. It ends when its standard input does.</summary>
/// <remarks>
/// The first line of standard input is the fleet secret, where the end needs one: it never stands in a command line. A sender that has a
/// connection waits for the second line, whatever it says: so flows that share a link begin together, however long each took to connect.
/// </remarks>
internal static class FlowProgram
{
    public const string Verb = "flow";

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        // Not Console.In: its reads never return to the caller before a line is there.
        using var input = new StreamReader(Console.OpenStandardInput());
        var secret = await input.ReadLineAsync() ?? string.Empty;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = WatchAsync(input, go, stop);
        try
        {
            await RunAsync(arguments, secret, go.Task, output, time, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await watch;
        }

        return 0;
    }

    private static Task RunAsync(
        string[] arguments, string secret, Task go, TextWriter output, TimeProvider time, CancellationToken stop) =>
        arguments switch
        {
            ["tcp-receive", var port] => TcpFlow.ReceiveAsync(Number(port), output, time, stop),
            ["tcp-send", var to, var algorithm] => TcpFlow.SendAsync(
                IPEndPoint.Parse(to), algorithm, go, output, time, stop),
            ["mesh-receive", var port] => MeshFlow.ReceiveAsync(secret, Number(port), output, time, stop),
            ["mesh-send", var to, var bytes, .. var control] => MeshFlow.SendAsync(
                secret,
                IPEndPoint.Parse(to),
                Number(bytes),
                control is [var name] ? Enum.Parse<CongestionControl>(name) : null,
                go,
                output,
                time,
                stop),
            ["udp-receive", var port] => UdpFlow.ReceiveAsync(Number(port), output, time, stop),
            ["udp-flood", var to, var rate] => UdpFlow.FloodAsync(
                IPEndPoint.Parse(to), double.Parse(rate, CultureInfo.InvariantCulture), output, time, stop),
            ["udp-ping", var to] => UdpFlow.PingAsync(IPEndPoint.Parse(to), output, time, stop),
            _ => throw new ArgumentException($"not understood: {string.Join(' ', arguments)}", nameof(arguments)),
        };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task WatchAsync(TextReader input, TaskCompletionSource go, CancellationTokenSource stop)
    {
        while (await input.ReadLineAsync() is not null)
        {
            go.TrySetResult();
        }

        await stop.CancelAsync();
    }
}
