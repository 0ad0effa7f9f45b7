using System;

namespace MeshActors.Transport.Congestion;

/// <summary>How strongly a path is probed for more bandwidth, and whether a probe found any.</summary>
/// <remarks>
/// A probe sends for a round trip what its gain is above 1: gently, so that it adds no more than <see cref="MostQueue"/> of queue, or by a quarter while others
/// keep the queue full. One that finds more is followed by another of twice the strength.
/// </remarks>
internal sealed class BandwidthProbe
{
    private const double LeastGain = 1.025;
    private const double UsualGain = 1.25;
    private const double MostGain = 2;

    /// <summary>A probe has found more when bandwidth grew by this part of what it asked for.</summary>
    private const double Found = 0.6;

    /// <summary>What is left of the 5 ms that bulk may delay a heartbeat by is for acknowledgements that come in clumps, and for bandwidth estimated too high.</summary>
    private static readonly TimeSpan MostQueue = TimeSpan.FromMilliseconds(1.5);

    private double _bandwidthBefore;

    /// <summary>What the rate is multiplied by.</summary>
    public double Gain { get; private set; } = LeastGain;

    /// <summary>The first probe of a row is about to begin.</summary>
    /// <param name="others">True while others keep the queue full.</param>
    /// <param name="roundTrip">Without a queue.</param>
    public void Prepare(bool others, TimeSpan roundTrip)
    {
        var gentle = Math.Clamp(1 + (MostQueue / roundTrip), LeastGain, UsualGain);
        Gain = Math.Max(Gain, others ? UsualGain : gentle);
    }

    public void Begin(double bandwidth) => _bandwidthBefore = bandwidth;

    /// <summary>A probe is over.</summary>
    /// <param name="bandwidth">What is known now.</param>
    /// <param name="most">The most it can have asked for beyond what was known, as a part of that.</param>
    /// <returns>True when there is more, and a stronger probe should look for it.</returns>
    public bool HasFoundMore(double bandwidth, double most)
    {
        if (bandwidth <= _bandwidthBefore * (1 + (Math.Min(Gain - 1, most) * Found)))
        {
            return false;
        }

        Gain = Math.Min(MostGain, 1 + ((Gain - 1) * 2));
        return true;
    }

    /// <summary>The next probe is a gentle one again.</summary>
    public void Reset() => Gain = LeastGain;
}
