using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Sockets;

/// <summary>Datagrams that came in together: one sender, one mark, one length but for the last, which may be shorter.</summary>
internal readonly ref struct DatagramRun
{
    /// <param name="bytes">All datagrams, side by side.</param>
    /// <param name="segmentBytes">Length of each but the last; 0 or more than there is: it is one.</param>
    /// <param name="from">Who sent them.</param>
    /// <param name="ecn">How they were marked.</param>
    public DatagramRun(Span<byte> bytes, int segmentBytes, UdpEndpoint from, EcnMark ecn)
    {
        Bytes = bytes;
        SegmentBytes = segmentBytes > 0 && segmentBytes < bytes.Length ? segmentBytes : bytes.Length;
        From = from;
        Ecn = ecn;
    }

    public Span<byte> Bytes { get; }

    /// <summary>Length of each datagram but the last; 0 for one without content.</summary>
    public int SegmentBytes { get; }

    public UdpEndpoint From { get; }

    public EcnMark Ecn { get; }

    /// <summary>Number of the side socket that they came to; −1 for those that the node was bound to.</summary>
    public int Side { get; init; } = -1;

    /// <summary>Datagrams, at least 1.</summary>
    public int Count => CountOf(Bytes.Length, SegmentBytes);

    /// <summary>One of the datagrams.</summary>
    public Span<byte> this[int index]
    {
        get
        {
            var start = index * SegmentBytes;
            return Bytes.Slice(start, Math.Min(SegmentBytes, Bytes.Length - start));
        }
    }

    /// <summary>Datagrams in so many bytes, at least 1.</summary>
    public static int CountOf(int bytes, int segmentBytes) =>
        bytes <= segmentBytes ? 1 : (bytes + segmentBytes - 1) / segmentBytes;
}
