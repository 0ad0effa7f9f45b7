using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.LinkLab.Link;

/// <summary>One direction of a simulated link: policer, chance, a drop-tail queue, the link's rate, the way's delay.</summary>
/// <remarks>
/// A queue in front of a link of constant rate is known by one number, the time at which the link has sent all it was
/// given: when a packet comes, what waits, whether it is dropped and when it arrives follow from it. So the rate and the
/// delay do not depend on when the owner calls, only the moment of handing over does, and how late that was is counted.
/// Times are nanoseconds of one clock, as numbers of 53 bits: exact to less than one over a hundred days. Holds no device.
/// </remarks>
internal sealed class LinkDirection : IDisposable
{
    private const double NanosecondsPerSecond = 1e9;
    private const int BitsPerByte = 8;

    /// <summary>Room beyond what the shape can hold, for the owner's delays and small packets' headers.</summary>
    private const long SpareBytes = 4 * 1024 * 1024;

    private readonly LinkShape _shape;
    private readonly SimRandom _random;
    private readonly PacketRing _ring;
    private readonly double _nanosecondsPerByte;
    private readonly double _delayNanoseconds;
    private double _freeAt;
    private double _tokens;
    private double _tokensAt;
    private LinkCounters _counters;

    public LinkDirection(LinkShape shape, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.BitsPerSecond, 1, nameof(shape));
        _shape = shape;
        _random = new SimRandom(seed);
        _nanosecondsPerByte = BitsPerByte * NanosecondsPerSecond / shape.BitsPerSecond;
        _delayNanoseconds = shape.Delay.TotalNanoseconds;
        _tokens = shape.Policer?.BurstBytes ?? 0;
        _ring = new PacketRing((2 * ((long)shape.BandwidthDelayBytes + shape.QueueBytes)) + SpareBytes);
    }

    public LinkCounters Counters => _counters;

    /// <summary>When the next packet is due at the other end; infinite when none is on the way.</summary>
    public double NextDue => _ring.IsEmpty ? double.PositiveInfinity : _ring.FirstDue;

    /// <summary>Takes a packet at the near end; marks it where the shape says so.</summary>
    public void HandlePacket(Span<byte> packet, long now)
    {
        _counters = _counters with { Offered = _counters.Offered + 1 };
        if (packet.Length > _shape.Mtu)
        {
            _counters = _counters with { TooLong = _counters.TooLong + 1 };
            return;
        }

        if (!PassesPolicer(packet.Length, now))
        {
            _counters = _counters with { PolicerDrops = _counters.PolicerDrops + 1 };
            return;
        }

        if (_shape.LossPercent > 0 && _random.Chance(_shape.LossPercent))
        {
            _counters = _counters with { RandomDrops = _counters.RandomDrops + 1 };
            return;
        }

        Enqueue(packet, now);
    }

    /// <summary>Takes the next packet that is due off the far end; its bytes stay until the next packet comes in.</summary>
    public bool PollDelivery(long now, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (_ring.IsEmpty || _ring.FirstDue > now)
        {
            return false;
        }

        var late = (long)(now - _ring.FirstDue);
        packet = _ring.Take();
        _counters = _counters with
        {
            Delivered = _counters.Delivered + 1,
            DeliveredBytes = _counters.DeliveredBytes + packet.Length,
            LateNanoseconds = _counters.LateNanoseconds + late,
            LatestNanoseconds = Math.Max(_counters.LatestNanoseconds, late),
        };
        return true;
    }

    public void Dispose() => _ring.Dispose();

    private void Enqueue(Span<byte> packet, long now)
    {
        var start = Math.Max(now, _freeAt);
        var wait = start - now;
        var waitingBytes = wait / _nanosecondsPerByte;
        if (waitingBytes > 0 && waitingBytes + packet.Length > _shape.QueueBytes)
        {
            _counters = _counters with { QueueDrops = _counters.QueueDrops + 1 };
            return;
        }

        var marked = waitingBytes > _shape.MarkAboveBytes && Ipv4Mark.TrySet(packet) ? 1 : 0;
        _freeAt = start + (packet.Length * _nanosecondsPerByte);
        Invariant.Require(_ring.TryAdd(packet, _freeAt + _delayNanoseconds), "the ring holds what the shape lets wait");
        _counters = _counters with
        {
            Accepted = _counters.Accepted + 1,
            Marked = _counters.Marked + marked,
            WaitNanoseconds = _counters.WaitNanoseconds + (long)wait,
        };
    }

    private bool PassesPolicer(int bytes, long now)
    {
        if (_shape.Policer is not { } policer)
        {
            return true;
        }

        var filled = (now - _tokensAt) * policer.BitsPerSecond / (BitsPerByte * NanosecondsPerSecond);
        _tokens = Math.Min(policer.BurstBytes, _tokens + filled);
        _tokensAt = now;
        if (_tokens < bytes)
        {
            return false;
        }

        _tokens -= bytes;
        return true;
    }
}
