using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>The shortest round trip of the last ten seconds: what the path takes without a queue.</summary>
/// <remarks>A sample a sixteenth longer confirms it: then it does not grow old, and nobody has to stop sending to measure it again.</remarks>
internal sealed class MinRoundTrip
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private MonoTime _confirmedAt;

    /// <summary>More than 0; the assumed one before the first sample.</summary>
    public TimeSpan Value { get; private set; } = CongestionBounds.FirstRoundTrip;

    /// <summary>True after the first sample.</summary>
    public bool IsMeasured { get; private set; }

    public bool IsOld(MonoTime now) => IsMeasured && now - _confirmedAt > Lifetime;

    /// <param name="sample">More than 0.</param>
    /// <param name="replace">True to take it whatever it is.</param>
    /// <param name="now">Now.</param>
    public void Add(TimeSpan sample, bool replace, MonoTime now)
    {
        if (!IsMeasured || replace || sample <= Value)
        {
            Value = sample;
            IsMeasured = true;
            _confirmedAt = now;
        }
        else if (sample.Ticks <= Value.Ticks + (Value.Ticks / 16))
        {
            _confirmedAt = now;
        }
    }
}
