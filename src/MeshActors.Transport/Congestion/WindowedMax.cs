using System;

namespace MeshActors.Transport.Congestion;

/// <summary>The largest value of the last rounds.</summary>
internal sealed class WindowedMax
{
    private readonly double[] _rounds;
    private long _round;

    /// <param name="rounds">How many rounds a value counts, at least 1.</param>
    public WindowedMax(int rounds)
    {
        _rounds = new double[rounds];
    }

    /// <summary>0 before the first value.</summary>
    public double Value { get; private set; }

    /// <param name="value">Not negative.</param>
    /// <param name="round">The round now, never lower than before.</param>
    public void Add(double value, long round)
    {
        AdvanceTo(round);
        ref var slot = ref _rounds[round % _rounds.Length];
        slot = Math.Max(slot, value);
        Value = Math.Max(Value, value);
    }

    /// <summary>Forgets values that are too old.</summary>
    public void AdvanceTo(long round)
    {
        if (round == _round)
        {
            return;
        }

        for (var i = Math.Max(_round + 1, round - _rounds.Length + 1); i <= round; i++)
        {
            _rounds[i % _rounds.Length] = 0;
        }

        _round = round;
        var largest = 0d;
        foreach (var value in _rounds)
        {
            largest = value > largest ? value : largest;
        }

        Value = largest;
    }

    public void Clear()
    {
        Array.Clear(_rounds);
        Value = 0;
    }
}
