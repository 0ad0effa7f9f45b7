using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>What is read of relayed frames and of the frames about leases: whatever is read is written again alike.</summary>
internal static class RelayReaders
{
    /// <summary>The first byte says which: the head of a relayed frame, a request for a lease, its answer.</summary>
    public static readonly FuzzTarget Frames = new("relay-frames", Run, Seeds);

    private static readonly MeshAddress Peer = MeshAddress.Parse("7:A91F.0000.7C2E");

    private static IEnumerable<byte[]> Seeds()
    {
        var head = new byte[RelayFrame.Size + 2];
        new RelayFrame(DatagramType.ToRelay, 1, Peer, 2, 3).Write(head);
        yield return [0, .. head];
        var request = new byte[RelayLeaseFrame.ContentSize];
        new RelayLeaseFrame(7, true, false).WriteContent(request);
        yield return [1, .. request];
        var content = new byte[RelayLeasedFrame.MaxContentSize];
        var keys = new byte[2 * RelayLeasedFrame.KeySize];
        var length = RelayLeasedFrame.Write(
            content, 7, 1, keys, 30, new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC000_0201, 7400), [(1, Peer), (2, Peer)]);
        yield return [2, .. content.AsSpan(0, length)];
        length = RelayLeasedFrame.WriteRefusal(content, 7, RelayRefusal.Full);
        yield return [2, .. content.AsSpan(0, length)];
    }

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var bytes = input[1..];
        switch (input[0] % 3)
        {
            case 0:
                CheckHead(bytes);
                break;
            case 1:
                CheckRequest(bytes);
                break;
            default:
                CheckAnswer(bytes);
                break;
        }
    }

    private static void CheckHead(ReadOnlySpan<byte> bytes)
    {
        var type = bytes.IsEmpty || bytes[0] == DatagramType.ToRelay ? DatagramType.ToRelay : DatagramType.FromRelay;
        if (RelayFrame.TryRead(bytes, type, out var frame) is not null)
        {
            return;
        }

        Span<byte> written = stackalloc byte[RelayFrame.TagOffset];
        frame.Write(written);
        Finding.Unless(written.SequenceEqual(bytes[..RelayFrame.TagOffset]), "a head is written as it was read");
    }

    private static void CheckRequest(ReadOnlySpan<byte> bytes)
    {
        if (!RelayLeaseFrame.TryRead(bytes, out var frame))
        {
            return;
        }

        Span<byte> written = stackalloc byte[RelayLeaseFrame.ContentSize];
        Finding.Unless(
            RelayLeaseFrame.TryRead(written[..frame.WriteContent(written)], out var again) && again == frame,
            "a request is written as it was read");
    }

    private static void CheckAnswer(ReadOnlySpan<byte> bytes)
    {
        if (!RelayLeasedFrame.TryRead(bytes, out var frame))
        {
            return;
        }

        Span<byte> written = stackalloc byte[RelayLeasedFrame.MaxContentSize];
        if (frame.Refusal != RelayRefusal.None)
        {
            var length = RelayLeasedFrame.WriteRefusal(written, frame.Attempt, frame.Refusal);
            Finding.Unless(written[..length].SequenceEqual(bytes[..length]), "a refusal is written as it was read");
            return;
        }

        var relays = new (ushort, MeshAddress)[frame.RelayCount];
        for (var position = 0; position < relays.Length; position++)
        {
            relays[position] = frame.RelayAt(position);
        }

        Span<byte> keys = stackalloc byte[2 * RelayLeasedFrame.KeySize];
        frame.KeyToRelay.CopyTo(keys);
        frame.KeyFromRelay.CopyTo(keys[RelayLeasedFrame.KeySize..]);
        var size = RelayLeasedFrame.Write(
            written, frame.Attempt, frame.Lease, keys, (ushort)frame.Lifetime.TotalSeconds, frame.Attested, relays);
        Finding.Unless(written[..size].SequenceEqual(bytes[..size]), "a grant is written as it was read");
    }
}
