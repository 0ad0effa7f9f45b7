using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>What the control lane may send while bulk fills the congestion window: two datagrams in a round trip.</summary>
/// <remarks>
/// That is the minimum window (RFC 9002, section 7.2), below which no sign of congestion takes a sender. So the lane costs a congested path
/// at most what one more flow would that has backed off as far as flows do, and a heartbeat never waits for bulk's acknowledgements. What it
/// sends counts as in flight like everything else.
/// </remarks>
internal sealed class ControlReserve
{
    /// <summary>Most bytes on the wire in one round trip, but for the packet that passes it.</summary>
    public const int Bytes = 2 * DatagramBytes;

    /// <summary>Most bytes of one such packet on the wire: what every path carries.</summary>
    public const int DatagramBytes = 1200;

    private MonoTime _since;
    private int _used;

    /// <summary>True when a packet may go although the window is full.</summary>
    /// <param name="roundTrip">Smoothed.</param>
    /// <param name="now">Now.</param>
    public bool Allows(TimeSpan roundTrip, MonoTime now)
    {
        if (now - _since >= roundTrip)
        {
            _since = now;
            _used = 0;
        }

        return _used < Bytes;
    }

    /// <summary>When there is room again after <see cref="Allows"/> said no.</summary>
    public MonoTime NextRoom(TimeSpan roundTrip) => _since + roundTrip;

    public void HandleSent(int bytes) => _used += bytes;
}
