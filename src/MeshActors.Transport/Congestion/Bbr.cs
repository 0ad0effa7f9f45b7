using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Models the path by its bandwidth and its round trip, and sends at that rate with twice that much in flight at most (BBR).</summary>
/// <remarks>
/// <para>After draft-cardwell-iccrg-bbr-congestion-control-02 and draft-ietf-ccwg-bbr, with changes for tunnels whose queue heartbeats share:
/// a probe for more bandwidth adds no more than 1.5 ms of queue, unless others keep the queue full anyway; one that finds more is followed by a stronger one
/// at once; startup keeps to the rate that trains of packets show (<see cref="StartupEnd"/>), and ends when round trips grow, not only when bandwidth stops growing.</para>
/// <para>Loss is no signal by itself. What chance takes is measured and made up for in the rate (<see cref="LossRate"/>); what exceeds it lowers the
/// <see cref="InFlightBound"/>. So a policer or a short buffer is not flooded, and 5 % of random loss cost little more than 5 %. While others keep the queue full,
/// any loss is the queue's, and lowers the bound as it lowers their windows.</para>
/// </remarks>
internal sealed class Bbr : ICongestionController
{
    /// <summary>A path with less random loss than this loses for its queue.</summary>
    private const double LeastChance = 0.002;

    private const int DrainRounds = 3;

    /// <summary>Rounds of cruise before what was sent in it makes up a whole round of acknowledgements.</summary>
    private const int RoundsToSettle = 2;

    /// <summary>A path so slow that loss cannot be judged in this time is probed all the same.</summary>
    private static readonly TimeSpan MostCruise = TimeSpan.FromSeconds(1);

    private readonly IRandomSource _random;
    private readonly PathModel _path = new();
    private readonly StartupEnd _startup = new();
    private readonly OthersQueue _others = new();
    private readonly LossRate _loss = new();
    private readonly InFlightBound _bound = new();
    private readonly RoundTripProbe _roundTripProbe = new();
    private readonly BandwidthProbe _bandwidthProbe = new();
    private readonly BbrWindow _window = new();
    private double _gain = BbrGains.Startup;
    private double _bandwidthBlamed;
    private long _phaseRound;
    private int _cruiseRounds;
    private MonoTime _phaseStart;

    public Bbr(IRandomSource random)
    {
        _random = random;
        PacingRate = BbrGains.Startup * _window.Bytes / CongestionBounds.FirstRoundTrip.TotalSeconds;
    }

    public BbrPhase Phase { get; private set; }

    /// <summary>Bytes a second that the path delivers; 0 before the first sample.</summary>
    public double Bandwidth => _path.Bandwidth;

    /// <summary>The share of packets the path loses whatever is sent.</summary>
    public double ChanceOfLoss => _loss.Chance;

    public long WindowBytes => (long)_window.Bytes;

    public double PacingRate { get; private set; }

    public void HandleDatagramSize(int bytes) => _window.HandleDatagramSize(bytes);

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
        var isRound = _path.HandleAcked(acked, _window.Bytes, sendsLittle);
        if (isOld && !sendsLittle && _path.IsRoundTripOld(acked.Now))
        {
            Enter(BbrPhase.ProbeRoundTrip, 1, acked.Now);
            _roundTripProbe.Begin();
        }

        var isQuiet = Phase == BbrPhase.Cruise && _path.Round > _phaseRound && _path.IsQueueShort;
        _loss.HandleAcked(acked, _bound.LoweredAt, isQuiet);
        if (isRound)
        {
            HandleLossRate(acked);
            if (Phase == BbrPhase.Cruise && _path.Round >= _phaseRound + RoundsToSettle)
            {
                _others.HandleRound(_path.Queue);
            }

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
            _others.HandleLost();
            if (_startup.IsFull && _others.Stands && !_path.IsQueueShort && _loss.Chance < LeastChance)
            {
                Lower(lost.NewestInFlight, BbrGains.Decrease, lost.Now);
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
            var least = Phase is BbrPhase.Up or BbrPhase.Down ? _path.Product / BbrGains.MarkDecrease : 0;
            Lower(Math.Max(marked.NewestInFlight, least), BbrGains.MarkDecrease, marked.Now);
        }
    }

    public void HandleSpuriousLoss() => _bound.Lift();

    private void HandleLossRate(in AckedFact acked)
    {
        switch (_loss.EndRound(_window.DatagramBytes, acked.Now))
        {
            case LossVerdict.Congestion when Phase != BbrPhase.Startup || _startup.IsSlowing:
                Lower(acked.Rate.InFlightAtSend, Math.Min(BbrGains.Decrease, 1 - _loss.Latest), acked.Now);
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
        var least = _startup.IsFull ? _window.Least : Math.Max(_window.Least, _path.Product);
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
                _startup.HandleAcked(acked, _path, _window.DatagramBytes);
                if (_startup.IsFull)
                {
                    Enter(BbrPhase.Drain, BbrGains.Drain, acked.Now);
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
                _others.HandleProbe(_path);
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
        _others.BeginCruise();
        _cruiseRounds = 5 + _random.Below(4);
    }

    private void Probe(MonoTime now)
    {
        _others.EndCruise();
        _bandwidthProbe.Prepare(_others.Stands, _path.RoundTrip);
        Up(now);
    }

    private void Up(MonoTime now)
    {
        _bandwidthProbe.Begin(Bandwidth);
        _bound.Raise(_others.Stands, _path.Shortest, _path.RoundTrip, _window.DatagramBytes, now);
        if (_bound.Bytes > 2 * BbrGains.Window * _path.Product)
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
        Enter(BbrPhase.Down, BbrGains.Down, now);
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
            Enter(BbrPhase.Startup, BbrGains.Startup, now);
        }
    }

    private double ProbeRoundTripWindow() => Math.Max(_window.Least, BbrGains.ProbeRoundTrip * _path.Product);

    private void SetRate()
    {
        var chance = Phase == BbrPhase.Up ? _loss.Chance : BbrGains.CruiseChance * _loss.Chance;
        var rate = _gain * Bandwidth / (1 - chance);
        PacingRate = !_startup.IsFull ? Math.Max(PacingRate, Math.Min(rate, _startup.MostRate)) : rate > 0 ? rate : PacingRate;
    }

    private void SetWindow(long acked, long delivered)
    {
        var target = (Math.Max(_others.Stands ? BbrGains.OthersWindow : BbrGains.Window, _gain) * _path.Product / (1 - _loss.Chance)) + _path.ExtraBytes + (3 * _window.DatagramBytes);
        if (_startup.IsFull)
        {
            _window.Follow(acked, Math.Min(target, _bound.Bytes));
        }
        else
        {
            _window.Grow(acked, target, delivered);
        }

        if (Phase == BbrPhase.ProbeRoundTrip)
        {
            _window.Bound(ProbeRoundTripWindow());
        }
    }

    /// <summary>Forgets the path: nothing came through.</summary>
    private void Restart(MonoTime now)
    {
        _path.Clear();
        _bound.Lift();
        _startup.Restart();
        _window.Restart();
        PacingRate = BbrGains.Startup * _window.Bytes / _path.RoundTrip.TotalSeconds;
        Enter(BbrPhase.Startup, BbrGains.Startup, now);
    }
}
