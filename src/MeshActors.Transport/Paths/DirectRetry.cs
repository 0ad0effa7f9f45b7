using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Says when both sides of a tunnel that goes over a relay are to try at the same time all endpoints that they told each other.</summary>
/// <remarks>
/// Endpoints that never answered are given up after some rounds, and those that did are tried by each side on its own, which filters that remember for half a minute do not let through. So while no direct path
/// is in use a node tells the peer its endpoints anew: that begins one round on both sides. Whoever does so first does it for both.
/// </remarks>
internal sealed class DirectRetry
{
    /// <summary>Between two turns, at least.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(40);

    /// <summary>By how much they come later, at most, so that seldom both sides begin one.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(15);

    private readonly IRandomSource _random;

    public DirectRetry(IRandomSource random)
    {
        _random = random;
    }

    /// <summary>When a turn is due, null while none is needed.</summary>
    public MonoTime? NextTimeout { get; private set; }

    /// <summary>The path in use is of that kind from now on.</summary>
    public void HandlePath(PathKind kind, MonoTime now) => NextTimeout = kind == PathKind.Relayed ? NextTimeout ?? Later(now) : null;

    /// <summary>The peer began a turn.</summary>
    public void HandleTold(MonoTime now) => NextTimeout = NextTimeout is null ? null : Later(now);

    /// <summary>Takes the turn that is due.</summary>
    /// <returns>False when none is.</returns>
    public bool TryTake(MonoTime now)
    {
        if (NextTimeout is not { } due || now < due)
        {
            return false;
        }

        NextTimeout = Later(now);
        return true;
    }

    private MonoTime Later(MonoTime now) => now + Least + (Spread * _random.NextDouble());
}
