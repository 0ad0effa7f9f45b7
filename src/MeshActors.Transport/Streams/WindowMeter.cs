using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Measures how fast the owner takes a receive window's worth of bytes.</summary>
internal struct WindowMeter
{
    private MonoTime _since;
    private long _released;
    private bool _runs;

    /// <summary>Says once, when half a window was taken since the measurement began, whether a whole one goes within some time; then it begins anew.</summary>
    /// <param name="time">The longest time for a window.</param>
    /// <param name="released">Bytes taken in all.</param>
    /// <param name="windowBytes">The window.</param>
    /// <param name="now">Now.</param>
    public bool IsUsedUpWithin(TimeSpan time, long released, int windowBytes, MonoTime now)
    {
        var taken = released - _released;
        if (_runs && taken < windowBytes / 2)
        {
            return false;
        }

        var fast = _runs && (now - _since) / time <= (double)taken / windowBytes;
        _since = now;
        _released = released;
        _runs = true;
        return fast;
    }
}
