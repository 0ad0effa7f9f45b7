using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Models the path by its bandwidth and its round trip, and sends at that rate with twice that much in flight at most (BBR).</summary>
/// <remarks>
/// <para>After draft-cardwell-iccrg-bbr-congestion-control-02 and draft-ietf-ccwg-bbr, with changes for tunnels whose queue heartbeats share:
/// a probe for more bandwidth adds no more than 2 ms of queue, unless others keep the queue full anyway; one that finds more is followed by a stronger one
/// at once; startup ends when round trips grow, not only when bandwidth stops growing.</para>
/// <para>Loss is no signal by itself. What chance takes is measured and made up for in the rate (<see cref="LossRate"/>); what exceeds it lowers the
/// <see cref="InFlightBound"/>. So a policer or a short buffer is not flooded, and 5 % of random loss cost little more than 5 %. While others keep the queue full,
/// any loss is the queue's, and lowers the bound as it lowers their windows.</para>
/// </remarks>
internal sealed class Bbr : ICongestionController
{
    /// <summary>4 ln 2: the least rate that doubles what is delivered in each round.</summary>
    private const double StartupGain = 2.77;

    private const double DrainGain = 1 / StartupGain;
    private const double DownGain = 0.75;
    private const double WindowGain = 2;

    /// <summary>While others keep the queue full, the window must hold a part of it.</summary>
    private const double OthersWindowGain = 2.5;

    private const double ProbeRoundTripGain = 0.5;

    /// <summary>What is left of the bytes in flight after loss and after a mark, as RFC 9438 and RFC 8511 have it.</summary>
    private const double Decrease = 0.7;

    private const double MarkDecrease = 0.85;

    /// <summary>A path with less random loss than this loses for its queue.</summary>
    private const double LeastChance = 0.002;

    /// <summary>The part of the known chance that is made up for in cruise: with less than all of it, loss that less sending mends is found out not to be chance.</summary>
    private const double CruiseChance = 0.8;

    private const int LeastDatagrams = 4;
    private const int DrainRounds = 3;

    /// <summary>A path so slow that loss cannot be judged in this time is probed all the same.</summary>
    private static readonly TimeSpan MostCruise = TimeSpan.FromSeconds(1);

    private readonly IRandomSource _random;
    private readonly PathModel _path = new();
    private readonly StartupEnd _startup = new();
    private readonly LossRate _loss = new();
    private readonly InFlightBound _bound = new();
    private readonly RoundTripProbe _roundTripProbe = new();
    private readonly BandwidthProbe _bandwidthProbe = new();
    private int _datagram = CongestionBounds.FirstDatagramBytes;
    private double _window = CongestionBounds.InitialWindow(CongestionBounds.FirstDatagramBytes);
    private double _gain = StartupGain;
    private double _bandwidthBlamed;
    private bool _othersQueue;
    private long _phaseRound;
    private int _cruiseRounds;
    private MonoTime _phaseStart;

    public Bbr(IRandomSource random)
    {
        _random = random;
        PacingRate = StartupGain * _window / CongestionBounds.FirstRoundTrip.TotalSeconds;
    }

    public BbrPhase Phase { get; private set; }

    /// <summary>Bytes a second that the path delivers; 0 before the first sample.</summary>
    public double Bandwidth => _path.Bandwidth;

    /// <summary>The share of packets the path loses whatever is sent.</summary>
    public double ChanceOfLoss => _loss.Chance;

    public long WindowBytes => (long)_window;

    public double PacingRate { get; private set; }

    private double LeastWindow => LeastDatagrams * _datagram;

    public void HandleDatagramSize(int bytes)
    {
        _datagram = bytes;
        _window = Math.Max(_window, LeastWindow);
    }

    public void HandleSent(in SentFact sent)
    {
        if (sent.IsAppLimited && sent.BytesInFlight == sent.Bytes && Phase is BbrPhase.Up or BbrPhase.Down)
        {
            Cruise(sent.Now);
        }
    }

    public void HandleAcked(in AckedFact acked)
    {
        var isOld = _path.IsRoundTripOld(acked.Now);
        var sendsLittle = Phase == BbrPhase.ProbeRoundTrip || acked.Rate.IsAppLimited;
        var isRound = _path.HandleAcked(acked, _window, sendsLittle);
        if (isOld && !sendsLittle && _path.IsRoundTripOld(acked.Now))
        {
            Enter(BbrPhase.ProbeRoundTrip, 1, acked.Now);
            _roundTripProbe.Begin();
        }

        CountLoss(acked);
        if (isRound)
        {
            HandleLossRate(acked);
            if (Phase == BbrPhase.Startup && !acked.Rate.IsAppLimited)
            {
                _startup.EndRound(Bandwidth);
            }

            _path.EndRound();
        }

        ChangePhase(acked);
        SetRate();
        SetWindow(acked.Bytes, acked.Rate.TotalDelivered);
    }

    public void HandleLost(in LostFact lost)
    {
        if (lost.NewestSentAt > _bound.LoweredAt)
        {
            _loss.HandleLost(lost.Bytes);
            if (_startup.IsFull && _othersQueue && !_path.IsQueueShort && _loss.Chance < LeastChance)
            {
                Lower(lost.NewestInFlight, Decrease, lost.Now);
            }
        }

        if (lost.IsPersistent)
        {
            Restart(lost.Now);
        }
    }

    public void HandleMarked(in MarkedFact marked)
    {
        if (marked.NewestSentAt > _bound.LoweredAt)
        {
            // A probe that is marked found the queue's end: what fills the path alone is not too much.
            var least = Phase is BbrPhase.Up or BbrPhase.Down ? _path.Product / MarkDecrease : 0;
            Lower(Math.Max(marked.NewestInFlight, least), MarkDecrease, marked.Now);
        }
    }

    public void HandleSpuriousLoss() => _bound.Lift();

    /// <summary>Counts what was sent since the bound was lowered; what left before was sent in another manner.</summary>
    private void CountLoss(in AckedFact acked)
    {
        if (acked.NewestSentAt > _bound.LoweredAt)
        {
            var isQuiet = Phase == BbrPhase.Cruise && _path.Round > _phaseRound && _path.IsQueueShort;
            _loss.HandleAcked(acked.Bytes, isQuiet);
        }
        else
        {
            _loss.Restart(acked.Now);
        }
    }

    private void HandleLossRate(in AckedFact acked)
    {
        switch (_loss.EndRound(_datagram, acked.Now))
        {
            case LossVerdict.Congestion when Phase != BbrPhase.Startup || _startup.IsSlowing:
                Lower(acked.Rate.InFlightAtSend, Math.Min(Decrease, 1 - _loss.Latest), acked.Now);
                _bandwidthBlamed = Bandwidth;
                _path.SetBandwidth(Math.Min(Bandwidth, _loss.LatestRate));
                break;
            case LossVerdict.Chance:
                _path.SetBandwidth(Math.Max(Bandwidth, _bandwidthBlamed));
                _bound.Lift();
                break;
            default:
                break;
        }
    }

    /// <summary>So much in flight made the path lose more than chance takes.</summary>
    private void Lower(double inFlight, double factor, MonoTime now)
    {
        var least = _startup.IsFull ? LeastWindow : Math.Max(LeastWindow, _path.Product);
        _bound.Lower(Math.Max(least, factor * Math.Min(inFlight, _bound.Bytes)), now);
        _startup.SetFull();
        _bandwidthProbe.Reset();
        Cruise(now);
    }

    private void ChangePhase(in AckedFact acked)
    {
        switch (Phase)
        {
            case BbrPhase.Startup:
                _startup.HandleRoundTrip(_path);
                if (_startup.IsFull)
                {
                    Enter(BbrPhase.Drain, DrainGain, acked.Now);
                }

                break;
            case BbrPhase.Drain when acked.BytesInFlight <= _path.Product:
                Cruise(acked.Now);
                _cruiseRounds = 1;
                break;
            case BbrPhase.Cruise when IsCruiseOver(acked.Now):
                Probe(acked.Now);
                break;
            case BbrPhase.Up:
                EndProbe(acked.Now);
                break;
            case BbrPhase.Down when acked.BytesInFlight <= _path.Product || _path.Round > _phaseRound + DrainRounds:
                _othersQueue = !_path.IsQueueShort;
                Cruise(acked.Now);
                break;
            case BbrPhase.ProbeRoundTrip
                when _roundTripProbe.IsOver(acked.BytesInFlight, ProbeRoundTripWindow(), _path.RoundTrip, acked.Now):
                EndRoundTripProbe(acked.Now);
                break;
            default:
                break;
        }
    }

    private bool IsCruiseOver(MonoTime now) =>
        _path.Round >= _phaseRound + _cruiseRounds && (_loss.HasJudged || now - _phaseStart > MostCruise);

    private void Enter(BbrPhase phase, double gain, MonoTime now)
    {
        Phase = phase;
        _gain = gain;
        _phaseStart = now;
        _phaseRound = _path.Round;
        _loss.Restart(now);
    }

    /// <summary>Five to eight rounds between probes: flows that share a path do not probe in step.</summary>
    private void Cruise(MonoTime now)
    {
        Enter(BbrPhase.Cruise, 1, now);
        _cruiseRounds = 5 + _random.Below(4);
    }

    private void Probe(MonoTime now)
    {
        _bandwidthProbe.Prepare(_othersQueue, _path.RoundTrip);
        Up(now);
    }

    private void Up(MonoTime now)
    {
        _bandwidthProbe.Begin(Bandwidth);
        _bound.Raise(_othersQueue, _path.Shortest, _path.RoundTrip, _datagram, now);
        if (_bound.Bytes > 2 * WindowGain * _path.Product)
        {
            _bound.Lift();
        }

        Enter(BbrPhase.Up, _bandwidthProbe.Gain, now);
    }

    /// <summary>A probe lasts a round, and one more whose acknowledgements tell what it brought.</summary>
    private void EndProbe(MonoTime now)
    {
        if (_path.Round < _phaseRound + 2 || now - _phaseStart < _path.RoundTrip)
        {
            // The extra packets are out after the first round: what follows waits for the answer at the plain rate.
            _gain = _path.Round > _phaseRound ? 1 : _gain;
            return;
        }

        var most = _bound.Bytes < 1.5 * _path.Product ? _bound.NextGrowth / 2 : 1;
        if (_path.IsQueueShort && _bandwidthProbe.HasFoundMore(Bandwidth, most))
        {
            Up(now);
            return;
        }

        _bandwidthProbe.Reset();
        Enter(BbrPhase.Down, DownGain, now);
    }

    private void EndRoundTripProbe(MonoTime now)
    {
        _path.RenewRoundTrip(now);
        if (_startup.IsFull)
        {
            Cruise(now);
        }
        else
        {
            Enter(BbrPhase.Startup, StartupGain, now);
        }
    }

    private double ProbeRoundTripWindow() => Math.Max(LeastWindow, ProbeRoundTripGain * _path.Product);

    private void SetRate()
    {
        var chance = Phase == BbrPhase.Up ? _loss.Chance : CruiseChance * _loss.Chance;
        var rate = _gain * Bandwidth / (1 - chance);
        if (rate > 0 && (_startup.IsFull || rate > PacingRate))
        {
            PacingRate = rate;
        }
    }

    private void SetWindow(long acked, long delivered)
    {
        var target = (Math.Max(_othersQueue ? OthersWindowGain : WindowGain, _gain) * _path.Product / (1 - _loss.Chance)) + _path.ExtraBytes + (3 * _datagram);
        if (_startup.IsFull)
        {
            _window = Math.Min(Math.Min(_window + acked, target), _bound.Bytes);
        }
        else if (_window < target || delivered < CongestionBounds.InitialWindow(_datagram))
        {
            _window += acked;
        }

        if (Phase == BbrPhase.ProbeRoundTrip)
        {
            _window = Math.Min(_window, ProbeRoundTripWindow());
        }

        _window = Math.Clamp(_window, LeastWindow, CongestionBounds.MostWindow);
    }

    /// <summary>Forgets the path: nothing came through.</summary>
    private void Restart(MonoTime now)
    {
        _path.Clear();
        _bound.Lift();
        _startup.Restart();
        _window = LeastWindow;
        PacingRate = StartupGain * _window / _path.RoundTrip.TotalSeconds;
        Enter(BbrPhase.Startup, StartupGain, now);
    }
}
