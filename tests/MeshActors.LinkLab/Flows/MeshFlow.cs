using System;
using System.IO;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.LinkLab.Flows;

/// <summary>The engine under test: one tunnel, one stream, messages one after the other as fast as it takes them.</summary>
internal static class MeshFlow
{
    /// <summary>Answers peers of the fleet and counts the messages they send, until <paramref name="stop"/>.</summary>
    public static async Task ReceiveAsync(
        string secret, int port, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        await MeshWarmUp.RunAsync(time, stop);
        var end = new MeshFlowEnd(new ByteMeter(time, output));
        await using var peer = new MeshPeer(secret, port, StreamLimits.Default, end);
        output.WriteLine(FlowWords.Ready);
        output.Flush();
        await end.Lost.WaitAsync(stop);
    }

    /// <summary>Sends until <paramref name="stop"/>.</summary>
    /// <param name="secret">The fleet secret of both ends, as text.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="messageBytes">Length of each message.</param>
    /// <param name="control">Who decides how much is in flight; null takes the default.</param>
    /// <param name="go">Completes when it may send.</param>
    /// <param name="output">For what the lab reads.</param>
    /// <param name="time">Once a second the figures.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task SendAsync(
        string secret,
        IPEndPoint to,
        int messageBytes,
        CongestionControl? control,
        Task go,
        TextWriter output,
        TimeProvider time,
        CancellationToken stop)
    {
        await MeshWarmUp.RunAsync(time, stop);
        var limits = StreamLimits.Default;
        limits = limits with { Congestion = control ?? limits.Congestion };
        var end = new MeshFlowEnd(meter: null);
        await using var peer = new MeshPeer(secret, 0, limits, end);
        var record = await peer.Engine.AskCertificateAsync(UdpEndpoint.From(to), null, stop);
        var tunnel = peer.Engine.Open(record);
        var stream = tunnel.OpenStream(StreamLane.Streams, end);
        using var timer = time.CreateTimer(
            _ => Tell(limits.Congestion, tunnel.Statistics, output), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var message = new byte[messageBytes];
        await end.Opened.WaitAsync(stop);
        output.WriteLine(FlowWords.Begun);
        output.Flush();
        await go.WaitAsync(stop);
        while (true)
        {
            while (stream.TrySend(message))
            {
            }

            await end.RoomAsync(stop);
        }
    }

    private static void Tell(CongestionControl control, TunnelStatistics statistics, TextWriter output)
    {
        var figures = new
        {
            control = control.ToString(),
            roundTripMs = statistics.SmoothedRoundTrip.TotalMilliseconds,
            sent = statistics.PacketsSent,
            lost = statistics.PacketsLost,
            bytesPerPacket = statistics.PacketsSent > 0 ? statistics.BytesSent / statistics.PacketsSent : 0,
            sessions = statistics.Sessions,
        };
        output.WriteLine($"{FlowWords.Figures} {JsonSerializer.Serialize(figures)}");
        output.Flush();
    }
}
