using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>CUBIC (RFC 9438) with fast convergence and the Reno-friendly region; slow start ends by <see cref="HyStart"/> or loss.</summary>
/// <remarks>Windows are kept in bytes; the RFC's segments are datagrams of the size last told. A controller that shares fairly with the TCP of most systems.</remarks>
internal sealed class Cubic : ICongestionController
{
    /// <summary>The RFC's C, in segments per second cubed.</summary>
    private const double Scale = 0.4;

    /// <summary>The RFC's beta: what is left of the window after loss.</summary>
    private const double Decrease = 0.7;

    /// <summary>What is left of it after a mark (RFC 8511, section 3).</summary>
    private const double MarkDecrease = 0.85;

    /// <summary>The RFC's alpha: growth of the Reno-friendly window in segments a round trip, until it is where the last decrease was.</summary>
    private const double FriendlyGrowth = 3 * (1 - Decrease) / (1 + Decrease);

    /// <summary>Windows that leave in a round trip, in slow start and after it: enough never to be what limits.</summary>
    private const double SlowStartPacing = 2;

    private const double Pacing = 1.25;

    private static readonly MonoTime Before = new(long.MinValue);

    private readonly HyStart _hyStart = new();
    private int _datagram = CongestionBounds.FirstDatagramBytes;
    private double _window = CongestionBounds.InitialWindow(CongestionBounds.FirstDatagramBytes);
    private double _threshold = double.PositiveInfinity;
    private double _windowMost;
    private double _windowPrior;
    private double _friendlyWindow;
    private double _peakAfter;
    private MonoTime? _epochStart;
    private MonoTime _lastAckAt;
    private MonoTime _recoveryStart = Before;
    private (double Window, double Threshold, double Most, double Prior)? _undo;
    private TimeSpan _roundTrip = CongestionBounds.FirstRoundTrip;

    public long WindowBytes => (long)_window;

    public double PacingRate =>
        (IsSlowStart ? SlowStartPacing : Pacing) * _window * TimeSpan.TicksPerSecond / Math.Max(1, _roundTrip.Ticks);

    private bool IsSlowStart => _window < _threshold;

    public void HandleDatagramSize(int bytes)
    {
        _datagram = bytes;
        _window = Math.Max(_window, CongestionBounds.MinimumWindow(bytes));
    }

    public void HandleSent(in SentFact sent)
    {
    }

    public void HandleAcked(in AckedFact acked)
    {
        _roundTrip = acked.SmoothedRoundTrip;
        var sinceLast = acked.Now - _lastAckAt;
        _lastAckAt = acked.Now;
        if (acked.NewestSentAt <= _recoveryStart)
        {
            return;
        }

        if (!IsUsed(acked))
        {
            // The curve stands still while the window is not what limits (RFC 9438, section 5.8).
            _epochStart = _epochStart is { } epoch ? epoch + sinceLast : null;
            return;
        }

        if (IsSlowStart)
        {
            GrowInSlowStart(acked);
        }
        else
        {
            Grow(acked);
        }

        _window = Math.Min(_window, CongestionBounds.MostWindow);
    }

    public void HandleLost(in LostFact lost)
    {
        Decline(Decrease, lost.NewestSentAt, lost.Now);
        if (lost.IsPersistent)
        {
            _window = CongestionBounds.MinimumWindow(_datagram);
            _recoveryStart = Before;
            _epochStart = null;
            _undo = null;
        }
    }

    public void HandleMarked(in MarkedFact marked)
    {
        Decline(MarkDecrease, marked.NewestSentAt, marked.Now);
        _undo = null;
    }

    public void HandleSpuriousLoss()
    {
        if (_undo is { } before && before.Window > _window)
        {
            (_window, _threshold, _windowMost, _windowPrior) = before;
            _epochStart = null;
        }

        _undo = null;
        _recoveryStart = Before;
    }

    private void GrowInSlowStart(in AckedFact acked)
    {
        var isOver = _hyStart.HandleAcked(acked);
        _window += (double)acked.Bytes / _hyStart.GrowthDivisor;
        if (isOver)
        {
            _threshold = _window;
        }
    }

    /// <summary>Congestion avoidance (RFC 9438, sections 4.2 to 4.5).</summary>
    private void Grow(in AckedFact acked)
    {
        if (_epochStart is not { } start)
        {
            start = acked.Now;
            _epochStart = start;
            _windowMost = Math.Max(_windowMost, _window);
            _peakAfter = Math.Cbrt((_windowMost - _window) / _datagram / Scale);
            _friendlyWindow = _window;
        }

        var segments = acked.Bytes / _window;
        _friendlyWindow += (_friendlyWindow < _windowPrior ? FriendlyGrowth : 1) * segments * _datagram;
        var elapsed = (acked.Now - start).TotalSeconds;
        if (CurveAt(elapsed) < _friendlyWindow)
        {
            _window = Math.Max(_window, _friendlyWindow);
            return;
        }

        var target = Math.Clamp(CurveAt(elapsed + _roundTrip.TotalSeconds), _window, 1.5 * _window);
        _window += (target - _window) * segments;
    }

    private double CurveAt(double seconds)
    {
        var fromPeak = seconds - _peakAfter;
        return _windowMost + (Scale * fromPeak * fromPeak * fromPeak * _datagram);
    }

    /// <summary>Less, once for each round trip (RFC 9438, sections 4.6 and 4.7).</summary>
    private void Decline(double factor, MonoTime newestSentAt, MonoTime now)
    {
        if (newestSentAt <= _recoveryStart)
        {
            return;
        }

        _undo = (_window, _threshold, _windowMost, _windowPrior);
        _recoveryStart = now;
        _windowPrior = _window;
        _windowMost = _window < _windowMost ? _window * (1 + factor) / 2 : _window;
        _window = Math.Max(_window * factor, CongestionBounds.MinimumWindow(_datagram));
        _threshold = _window;
        _epochStart = null;
    }

    /// <summary>A window that is not used says nothing about the path, so it does not grow (RFC 9002, section 7.8).</summary>
    private bool IsUsed(in AckedFact acked) => IsSlowStart
        ? acked.PriorBytesInFlight >= WindowBytes / 2
        : !acked.Rate.IsAppLimited || acked.PriorBytesInFlight + (3 * _datagram) >= WindowBytes;
}
