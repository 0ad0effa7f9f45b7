using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Handshake;

/// <summary>How fast a token bucket fills, and how much it holds.</summary>
/// <param name="PerSecond">Tokens a second, 0.001 to 1,000,000.</param>
/// <param name="Burst">Tokens at most, at least 1.</param>
internal readonly record struct BucketRate(double PerSecond, int Burst)
{
    private long TicksPerToken => (long)(TimeSpan.TicksPerSecond / PerSecond);

    /// <summary>Tokens in a bucket.</summary>
    /// <param name="fullAt">When it is full if nothing is taken: all there is to know of it.</param>
    /// <param name="now">The present.</param>
    public int Tokens(MonoTime fullAt, MonoTime now)
    {
        var missing = fullAt <= now ? 0 : ((fullAt - now).Ticks + TicksPerToken - 1) / TicksPerToken;
        return (int)Math.Max(0, Burst - missing);
    }

    /// <summary>When a bucket is full after one token was taken out; from an empty one nothing can be taken.</summary>
    public MonoTime AfterOne(MonoTime fullAt, MonoTime now)
    {
        var later = MonoTime.Latest(fullAt, now) + new TimeSpan(TicksPerToken);
        var atMost = now + new TimeSpan(TicksPerToken * Burst);
        return later < atMost ? later : atMost;
    }
}
