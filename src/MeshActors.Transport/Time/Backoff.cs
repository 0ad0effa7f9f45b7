using System;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Time;

/// <summary>Delays that double from a first value up to a largest one, each with jitter.</summary>
/// <remarks>
/// Jitter takes away up to half of the delay ("equal jitter"), so that nodes that failed together do not come back
/// together, and none comes back at once.
/// </remarks>
internal sealed class Backoff
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _largest;
    private readonly IRandomSource _random;
    private int _attempts;

    /// <param name="first">Delay after the first failure, more than zero.</param>
    /// <param name="largest">No delay is longer; at least <paramref name="first"/>.</param>
    /// <param name="random">Where the jitter comes from.</param>
    public Backoff(TimeSpan first, TimeSpan largest, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, first);
        _first = first;
        _largest = largest;
        _random = random;
    }

    /// <summary>Failures since the start or the last <see cref="Reset"/>.</summary>
    public int Attempts => _attempts;

    /// <summary>The delay before the next attempt.</summary>
    public TimeSpan Next()
    {
        var doublings = Math.Min(_attempts++, 30);
        var full = Math.Min(_first.Ticks * Math.Pow(2, doublings), _largest.Ticks);
        return TimeSpan.FromTicks((long)(full * (1 - (0.5 * _random.NextDouble()))));
    }

    /// <summary>Starts again from the first delay.</summary>
    public void Reset() => _attempts = 0;
}
