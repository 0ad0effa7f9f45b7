using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>What a responder may send before its session is confirmed: answers to early data, in no more bytes than came from where they go.</summary>
internal sealed class EarlyReplies
{
    private const int LeastDatagram = StreamMux.LeastPacketBytes + StreamMux.PacketOverheadBytes;

    private readonly bool _overRelays;
    private int _allowance;
    private UdpEndpoint _to;

    /// <param name="overRelays">Whether relays may carry what is replied.</param>
    public EarlyReplies(bool overRelays)
    {
        _overRelays = overRelays;
    }

    /// <summary>True when early data was taken in the tunnel's state.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>True when a packet may be sent.</summary>
    public bool MaySend => IsTaken && _allowance >= LeastDatagram;

    /// <summary>Takes what came with message 1; nothing happens when that is empty.</summary>
    /// <returns>A violation is for the owner to close the tunnel for.</returns>
    public FrameOutcome Take(ReadOnlySpan<byte> frames, StreamMux streams, MonoTime now)
    {
        IsTaken |= !frames.IsEmpty;
        return frames.IsEmpty ? FrameOutcome.Taken : streams.HandleEarly(frames, now);
    }

    /// <summary>Whether early data is taken that came from an endpoint.</summary>
    public bool MayComeFrom(in UdpEndpoint from) => _overRelays || !RelayedEndpoint.TryRead(from, out _, out _);

    /// <summary>A message 1, or a copy, came from somewhere and was answered there with a message 2.</summary>
    public void HandleMessage1(UdpEndpoint from)
    {
        if (MayComeFrom(from))
        {
            _allowance = (from == _to ? _allowance : 0) + HandshakeMessage1.Size - HandshakeMessage2.Size;
            _to = from;
        }
    }

    /// <summary>Writes and seals a packet under a session that is not confirmed.</summary>
    /// <param name="pending">The session, null when there is none.</param>
    /// <param name="streams">What is to be sent.</param>
    /// <param name="counters">Told of what is sent.</param>
    /// <param name="destination">Room for a datagram of the base size.</param>
    /// <param name="transmit">Where it goes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is nothing to send now.</returns>
    public int Seal(
        TunnelSession? pending,
        StreamMux streams,
        TunnelCounters counters,
        Span<byte> destination,
        out Transmit transmit,
        MonoTime now)
    {
        transmit = new Transmit(_to, Alone: false, Ecn: false);
        if (pending is null || !MaySend)
        {
            return 0;
        }

        var length = pending.Seal(streams, destination[..Math.Min(_allowance, PathMtu.BaseBytes)], now);
        _allowance -= length;
        counters.Sent(length, isPacket: length > 0, _to);
        return length;
    }
}
