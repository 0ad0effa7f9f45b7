using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>The sending side of all paths of a tunnel: one is in use, others may have packets on the way.</summary>
/// <remarks>
/// Packets of all paths have numbers in common, and an acknowledgement names them without saying by which path they came; each path settles its own
/// (<see cref="PathRecovery"/>). So changing the path in use makes no packet look lost, and no timeout runs for it. A path that is not in use sends no probes: at its
/// probe timeout what it still had in flight is given up, and goes again on the path in use.
/// </remarks>
internal sealed class LossRecovery
{
    /// <summary>Paths that may have packets in flight at a time.</summary>
    public const int MaxPaths = 4;

    /// <summary>Packets by which the path in use may be ahead of others: less than the replay window of 8,192 numbers.</summary>
    private const int MostAhead = 8_000;

    private readonly SentPackets _packets;
    private readonly FrameFates _fates;
    private readonly CongestionControl _control;
    private readonly IRandomSource _random;
    private readonly RoundTripInUse _roundTripInUse;
    private readonly PathRecovery?[] _paths = new PathRecovery?[MaxPaths];
    private readonly EcnValidation _ecn = new();
    private ulong? _largestAcked;
    private long _lostOfDropped;
    private long _lostInErrorOfDropped;
    private long _timeoutsOfDropped;
    private int _count = 1;

    public LossRecovery(
        SentPackets packets,
        FrameFates fates,
        CongestionControl control,
        IRandomSource random,
        RoundTripInUse roundTripInUse,
        MonoTime now)
    {
        _packets = packets;
        _fates = fates;
        _control = control;
        _random = random;
        _roundTripInUse = roundTripInUse;
        Active = NewPath(0, now);
        _paths[0] = Active;
        _roundTripInUse.Current = Active.RoundTrip;
    }

    /// <summary>The path that packets are sent on.</summary>
    public PathRecovery Active { get; private set; }

    /// <summary>True when the next packet is to leave marked ECT(0).</summary>
    public bool Marks => _ecn.Marks;

    /// <summary>Bytes in flight on all paths.</summary>
    public long BytesInFlight => Sum(path => path.BytesInFlight);

    /// <summary>Packets declared lost since the start.</summary>
    public long PacketsLost => _lostOfDropped + Sum(path => path.PacketsLost);

    /// <summary>Packets declared lost that arrived after all, since the start.</summary>
    public long PacketsLostInError => _lostInErrorOfDropped + Sum(path => path.PacketsLostInError);

    /// <summary>Probe timeouts of all paths since the start.</summary>
    public long Timeouts => _timeoutsOfDropped + Sum(path => path.Timeouts);

    /// <summary>True while content would overtake packets on another path by more than the receiver's replay window allows.</summary>
    public bool IsTooFarAhead =>
        _count > 1 && _packets.Count > MostAhead && _packets[_packets.Oldest].Path != Active.Index;

    /// <summary>When <see cref="HandleTimeout"/> must be called.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            if (_count == 1)
            {
                return Active.NextTimeout;
            }

            MonoTime? next = null;
            foreach (var path in _paths)
            {
                next = MonoTime.Earliest(next, path?.NextTimeout);
            }

            return next;
        }
    }

    /// <summary>Begins a path.</summary>
    /// <param name="roundTrip">What probes measured.</param>
    /// <param name="now">The present.</param>
    /// <returns>Null when there are <see cref="MaxPaths"/>.</returns>
    public PathRecovery? Add(TimeSpan roundTrip, MonoTime now)
    {
        var index = Array.IndexOf(_paths, null);
        if (index < 0)
        {
            return null;
        }

        var path = NewPath((byte)index, now);
        path.RoundTrip.HandleSample(roundTrip, TimeSpan.Zero);
        _paths[index] = path;
        _count++;
        return path;
    }

    /// <summary>From here on packets go on another path; what is in flight stays where it is.</summary>
    public void Use(PathRecovery path)
    {
        if (path == Active)
        {
            return;
        }

        Active = path;
        foreach (var other in _paths)
        {
            other?.Detour = other == path ? TimeSpan.Zero : path.RoundTrip.SmoothedOrInitial;
        }

        _roundTripInUse.Current = path.RoundTrip;
        _ecn.HandlePathChanged(_packets.Next);
    }

    /// <summary>Ends a path that is not in use; what it has in flight goes again on the one that is.</summary>
    public void Drop(PathRecovery path)
    {
        if (path == Active || _paths[path.Index] != path)
        {
            return;
        }

        path.GiveUp();
        _packets.Trim();
        _lostOfDropped += path.PacketsLost;
        _lostInErrorOfDropped += path.PacketsLostInError;
        _timeoutsOfDropped += path.Timeouts;
        _paths[path.Index] = null;
        _count--;
    }

    /// <summary>The newest packet was sent on the path in use; it asks for an acknowledgement.</summary>
    public void HandleSent(int bytes, MonoTime now)
    {
        _ecn.HandleSent(_packets[_packets.Next - 1].IsMarked);
        Active.HandleSent(bytes, now);
    }

    /// <summary>Takes an ACK frame.</summary>
    /// <returns>False when it names a packet that was never sent.</returns>
    public bool HandleAck(in AckFrame ack, MonoTime now)
    {
        if (ack.Largest >= _packets.Next)
        {
            return false;
        }

        foreach (var path in _paths)
        {
            path?.BeginAck();
        }

        Settle(ack);
        var marked = _ecn.HandleAck(ack, _largestAcked is not { } largest || ack.Largest > largest);
        _largestAcked = Math.Max(_largestAcked ?? 0, ack.Largest);
        foreach (var path in _paths)
        {
            path?.EndAck(ack, path == Active ? marked : 0, now);
        }

        _packets.Trim();
        return true;
    }

    public void HandleTimeout(MonoTime now)
    {
        foreach (var path in _paths)
        {
            path?.HandleTimeout(now);
            if (path is not null && path != Active && path.ProbesDue > 0)
            {
                path.GiveUp();
            }
        }

        _packets.Trim();
    }

    /// <summary>Takes everything in flight for lost, without blaming paths: the session that carried it failed.</summary>
    public void HandleReopened()
    {
        foreach (var path in _paths)
        {
            path?.GiveUp();
        }

        _packets.Trim();
    }

    private PathRecovery NewPath(byte index, MonoTime now) =>
        new(index, _packets, _fates, _ecn, CongestionControllers.Create(_control, _random), now);

    private void Settle(in AckFrame ack)
    {
        foreach (var range in ack)
        {
            if (range.Largest < _packets.Oldest)
            {
                break;
            }

            for (var number = Math.Max(range.Smallest, _packets.Oldest); number <= range.Largest; number++)
            {
                ref var packet = ref _packets[number];
                if (packet.State is SentPacketState.InFlight or SentPacketState.AckOnly)
                {
                    (_paths[packet.Path] ?? Active).HandleAcked(number, ref packet);
                }
            }
        }
    }

    private long Sum(Func<PathRecovery, long> figure)
    {
        var sum = 0L;
        foreach (var path in _paths)
        {
            sum += path is null ? 0 : figure(path);
        }

        return sum;
    }
}
