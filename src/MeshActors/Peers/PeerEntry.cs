using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>One peer in the cache: how long it counts, how far it is, and whether it can be reached.</summary>
/// <remarks>
/// Named by the directory it is fresh for a lifetime, then stale, then forgotten. While its tunnel is open the round trip
/// is sampled; when the tunnel fails or closes, the peer is unreachable until a tunnel is there again, and is probed with
/// delays that double up to a minute, as long as the directory has named it lately.
/// </remarks>
internal sealed class PeerEntry
{
    /// <summary>How often the round trip of an open tunnel is read.</summary>
    public static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(2);

    /// <summary>First and longest delay between probes, without jitter.</summary>
    public static readonly (TimeSpan First, TimeSpan Longest) ProbeDelays =
        (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(60));

    /// <summary>A peer the directory has not named for so long is probed no more.</summary>
    public static readonly TimeSpan ProbedFor = TimeSpan.FromMinutes(10);

    private readonly TimeSpan _lifetime;
    private readonly Backoff _backoff;
    private MonoTime _namedAt;
    private MonoTime? _probeAt;
    private MonoTime? _sampleAt;
    private bool _probeDue;
    private bool _sampleDue;
    private bool _probing;

    public PeerEntry(TimeSpan lifetime, IRandomSource random, MonoTime now)
    {
        _lifetime = lifetime;
        _backoff = new Backoff(ProbeDelays.First, ProbeDelays.Longest, random);
        _namedAt = now;
    }

    /// <summary>Smoothed over the samples, new ones weigh a quarter; null before the first.</summary>
    public TimeSpan? Latency { get; private set; }

    public bool Reachable { get; private set; } = true;

    public PeerFreshness Freshness { get; private set; } = PeerFreshness.Fresh;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = Freshness switch
            {
                PeerFreshness.Fresh => _namedAt + _lifetime,
                PeerFreshness.Stale => _namedAt + PeerCacheSettings.ForgetAfter,
                _ => null,
            };
            return MonoTime.Earliest(next, MonoTime.Earliest(_probeAt, _sampleAt));
        }
    }

    /// <summary>The directory has named it.</summary>
    public void HandleNamed(MonoTime now)
    {
        _namedAt = now;
        Freshness = PeerFreshness.Fresh;
        if (!Reachable && _probeAt is null && !_probing)
        {
            _probeAt = now;
        }
    }

    /// <summary>There is a tunnel to it.</summary>
    public void HandleTunnelOpened(MonoTime now)
    {
        Reachable = true;
        _backoff.Reset();
        _probeAt = null;
        _sampleAt = now;
    }

    /// <summary>The tunnel has failed or closed.</summary>
    public void HandleTunnelLost(MonoTime now)
    {
        Reachable = false;
        _sampleAt = null;
        ScheduleProbe(now);
    }

    /// <summary>What the tunnel's round trip was when asked; zero when it has none yet.</summary>
    public void HandleSample(TimeSpan roundTrip, MonoTime now)
    {
        if (roundTrip > TimeSpan.Zero)
        {
            Latency = Latency is { } known ? known + ((roundTrip - known) / 4) : roundTrip;
        }

        _sampleAt = now + SampleInterval;
    }

    /// <summary>How the probe ended that <see cref="PollProbe"/> asked for.</summary>
    public void HandleProbed(bool reached, MonoTime now)
    {
        _probing = false;
        if (reached)
        {
            HandleTunnelOpened(now);
        }
        else if (!Reachable)
        {
            ScheduleProbe(now);
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (now >= _namedAt + PeerCacheSettings.ForgetAfter)
        {
            Freshness = PeerFreshness.Forgotten;
        }
        else if (now >= _namedAt + _lifetime)
        {
            Freshness = PeerFreshness.Stale;
        }

        if (now >= _probeAt)
        {
            _probeAt = null;
            _probeDue = true;
        }

        if (now >= _sampleAt)
        {
            _sampleAt = null;
            _sampleDue = true;
        }
    }

    /// <summary>Tells whether the peer is to be probed now.</summary>
    public bool PollProbe()
    {
        if (!_probeDue)
        {
            return false;
        }

        _probeDue = false;
        _probing = true;
        return true;
    }

    /// <summary>Tells whether the tunnel's round trip is to be read now.</summary>
    public bool PollSample()
    {
        var due = _sampleDue;
        _sampleDue = false;
        return due;
    }

    private void ScheduleProbe(MonoTime now)
    {
        if (_probeAt is null && !_probing && now < _namedAt + ProbedFor)
        {
            _probeAt = now + _backoff.Next();
        }
    }
}
