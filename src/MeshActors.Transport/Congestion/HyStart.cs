using System;

namespace MeshActors.Transport.Congestion;

/// <summary>Ends slow start when round trips grow, before a queue overflows (RFC 9406, HyStart++).</summary>
/// <remarks>
/// A round whose shortest of at least 8 round trips is longer than the round's before by an eighth (4 to 16 ms) begins conservative slow start: growth
/// is a quarter. Five such rounds end slow start; a round trip below the one that raised suspicion takes it back.
/// </remarks>
internal sealed class HyStart
{
    private const int Samples = 8;
    private const int ConservativeRounds = 5;
    private const int ConservativeDivisor = 4;

    private static readonly TimeSpan LeastThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostThreshold = TimeSpan.FromMilliseconds(16);

    private TimeSpan _lastRound = TimeSpan.MaxValue;
    private TimeSpan _thisRound = TimeSpan.MaxValue;
    private TimeSpan _baseline = TimeSpan.MaxValue;
    private ulong _roundEnd;
    private int _samples;
    private int _conservativeRounds;

    /// <summary>What growth is divided by: 1, or 4 in conservative slow start.</summary>
    public int GrowthDivisor => IsConservative ? ConservativeDivisor : 1;

    private bool IsConservative => _baseline < TimeSpan.MaxValue;

    /// <returns>True when slow start is over.</returns>
    public bool HandleAcked(in AckedFact acked)
    {
        if (acked.RoundTrip is { } sample)
        {
            _samples++;
            _thisRound = sample < _thisRound ? sample : _thisRound;
        }

        if (_samples >= Samples)
        {
            Judge();
        }

        if (acked.NewestNumber < _roundEnd)
        {
            return false;
        }

        _roundEnd = acked.NextNumber;
        _lastRound = _thisRound;
        _thisRound = TimeSpan.MaxValue;
        _samples = 0;
        return IsConservative && ++_conservativeRounds >= ConservativeRounds;
    }

    private void Judge()
    {
        if (IsConservative)
        {
            _baseline = _thisRound < _baseline ? TimeSpan.MaxValue : _baseline;
            return;
        }

        if (_lastRound == TimeSpan.MaxValue)
        {
            return;
        }

        var eighth = new TimeSpan(Math.Clamp(_lastRound.Ticks / 8, LeastThreshold.Ticks, MostThreshold.Ticks));
        if (_thisRound >= _lastRound + eighth)
        {
            _baseline = _thisRound;
            _conservativeRounds = 0;
        }
    }
}
