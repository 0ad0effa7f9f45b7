using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;

namespace MeshActors.LinkLab.Flows;

/// <summary>Has a process compile what a flow runs through, before the flow is measured: the kernel's TCP needs no compiler either.</summary>
internal static class MeshWarmUp
{
    private const int MessageBytes = 64 * 1024;
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends messages from one node of this process to another over loopback, for half a second.</summary>
    public static async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        var secret = NewSecret();
        var receiver = new MeshFlowEnd(new ByteMeter(time, TextWriter.Null));
        var sender = new MeshFlowEnd(meter: null);
        await using var to = new MeshPeer(secret, 0, StreamLimits.Default, receiver);
        await using var from = new MeshPeer(secret, 0, StreamLimits.Default, sender);
        var record = await from.Engine.AskCertificateAsync(to.Loopback, null, stop);
        var stream = from.Engine.Open(record with { Endpoints = [to.Loopback] }).OpenStream(StreamLane.Streams, sender);
        await sender.Opened.WaitAsync(stop);
        var start = time.GetTimestamp();
        var message = new byte[MessageBytes];
        while (time.GetElapsedTime(start) < Time)
        {
            while (stream.TrySend(message))
            {
            }

            await sender.RoomAsync(stop);
        }
    }

    private static string NewSecret()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        Span<char> text = stackalloc char[FleetSecret.TextLength];
        secret.WriteText(text);
        return text.ToString();
    }
}
