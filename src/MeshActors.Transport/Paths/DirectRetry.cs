using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Says when both sides of a tunnel that goes over a relay are to try at the same time all endpoints that they told each other.</summary>
/// <remarks>
/// Endpoints that never answered are given up after some rounds, and those that did are tried by each side on its own, which filters that remember for half a minute do not let through. So while no direct path
/// is in use a node tells the peer its endpoints anew: that begins one round on both sides. Whoever does so first does it for both. As long as nothing changes at either side the time until the next
/// turn doubles.
/// </remarks>
internal sealed class DirectRetry
{
    /// <summary>Until the first turn, at least.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(40);

    /// <summary>Between two turns while nothing changes, at least.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>By which part of it a time is longer, at most, so that seldom both sides begin a turn.</summary>
    public const double Spread = 0.375;

    private readonly IRandomSource _random;
    private TimeSpan _wait = First;

    public DirectRetry(IRandomSource random)
    {
        _random = random;
    }

    /// <summary>When a turn is due, null while none is needed.</summary>
    public MonoTime? NextTimeout { get; private set; }

    /// <summary>The path in use is of that kind from now on.</summary>
    public void HandlePath(PathKind kind, MonoTime now)
    {
        if (kind != PathKind.Relayed)
        {
            NextTimeout = null;
        }
        else if (NextTimeout is null)
        {
            Begin(First, now);
        }
    }

    /// <summary>The peer began a turn.</summary>
    public void HandleTold(MonoTime now)
    {
        if (NextTimeout is not null)
        {
            Lengthen(now);
        }
    }

    /// <summary>One of both can be reached elsewhere, or in another way, than before: what failed then may work now.</summary>
    public void HandleChanged(MonoTime now)
    {
        if (NextTimeout is not null)
        {
            Begin(First, now);
        }
    }

    /// <summary>Takes the turn that is due.</summary>
    /// <returns>False when none is.</returns>
    public bool TryTake(MonoTime now)
    {
        if (NextTimeout is not { } due || now < due)
        {
            return false;
        }

        Lengthen(now);
        return true;
    }

    private void Lengthen(MonoTime now) => Begin(2 * _wait < Longest ? 2 * _wait : Longest, now);

    private void Begin(TimeSpan wait, MonoTime now)
    {
        _wait = wait;
        NextTimeout = now + (wait * (1 + (Spread * _random.NextDouble())));
    }
}
