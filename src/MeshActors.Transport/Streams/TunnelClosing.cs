using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>The end of a tunnel as the peer is told it: CLOSE in the next packet, and again after 1, 2, 4... packets that still come.</summary>
internal sealed class TunnelClosing
{
    private ulong _code;
    private byte[]? _reason;
    private bool _isDue;
    private long _packetsUntilNext;
    private long _spacing = 1;

    public bool IsClosed { get; private set; }

    public void Close(ulong code, string reason)
    {
        IsClosed = true;
        _isDue = true;
        _code = code;
        _reason = CloseFrame.EncodeReason(reason);
        _packetsUntilNext = _spacing;
    }

    /// <summary>The peer knows, or is gone: nothing is sent.</summary>
    public void HandlePeerClose() => IsClosed = true;

    /// <summary>The peer still sends.</summary>
    public void HandlePacket()
    {
        if (_reason is not null && --_packetsUntilNext == 0)
        {
            _isDue = true;
            _spacing *= 2;
            _packetsUntilNext = _spacing;
        }
    }

    /// <summary>Writes the CLOSE frame when it is due.</summary>
    /// <param name="destination">Room for frames.</param>
    /// <param name="packets">Give the packet its number.</param>
    /// <param name="now">Now.</param>
    /// <returns>Bytes written, 0 when nothing is due.</returns>
    public int Write(Span<byte> destination, SentPackets packets, MonoTime now)
    {
        if (!_isDue)
        {
            return 0;
        }

        _isDue = false;
        packets.Begin();
        packets.Commit(now, bytes: 0, ackedBelow: 0);
        var reason = _reason.AsSpan();
        if (CloseFrame.Size(_code, reason) > destination.Length)
        {
            reason = default;
        }

        return CloseFrame.Write(destination, _code, reason);
    }
}
