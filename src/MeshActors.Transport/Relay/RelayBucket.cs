using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Relay;

/// <summary>How much one sender may have forwarded: bytes and packets, each a token bucket.</summary>
internal struct RelayBucket
{
    private readonly RelayRate _rate;
    private double _bytes;
    private double _packets;
    private MonoTime _filledAt;

    /// <param name="rate">How fast it fills and how much it holds; full at first.</param>
    /// <param name="now">The present.</param>
    public RelayBucket(RelayRate rate, MonoTime now)
    {
        _rate = rate;
        _bytes = rate.BurstBytes;
        _packets = rate.BurstPackets;
        _filledAt = now;
    }

    /// <summary>Tells whether a packet could be taken, and takes nothing.</summary>
    public bool Has(int bytes, MonoTime now)
    {
        Fill(now);
        return _bytes >= bytes && _packets >= 1;
    }

    /// <summary>Takes a packet out when there is room for all of it.</summary>
    public bool TryTake(int bytes, MonoTime now)
    {
        if (!Has(bytes, now))
        {
            return false;
        }

        _bytes -= bytes;
        _packets--;
        return true;
    }

    private void Fill(MonoTime now)
    {
        if (now <= _filledAt)
        {
            return;
        }

        var seconds = (now - _filledAt).TotalSeconds;
        _bytes = Math.Min(_rate.BurstBytes, _bytes + (seconds * _rate.BytesPerSecond));
        _packets = Math.Min(_rate.BurstPackets, _packets + (seconds * _rate.PacketsPerSecond));
        _filledAt = now;
    }
}
