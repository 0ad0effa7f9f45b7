using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Says when both sides of a tunnel that goes over a relay are to try at the same time all endpoints that they told each other.</summary>
/// <remarks>
/// Endpoints that never answered are given up after some rounds, and those that did are tried by each side on its own, which filters that remember for half a minute do not let through. So while no direct path
/// is in use a node tells the peer its endpoints anew: that begins one round on both sides. Whoever does so first does it for both. After
/// <see cref="SoonTurns"/> of them the time until the next doubles, as long as nothing changes at either side.
/// </remarks>
internal sealed class DirectRetry
{
    /// <summary>Turns that follow each other at the shortest distance: what is cut is mended within a minute or two, or not soon.</summary>
    public const int SoonTurns = 3;

    /// <summary>Until a turn, at least.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(40);

    /// <summary>Between two turns while nothing changes, at least.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>By which part of it a time is longer, at most, so that seldom both sides begin a turn.</summary>
    public const double Spread = 0.375;

    private readonly IRandomSource _random;
    private TimeSpan _wait = First;
    private int _turns;

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
            Begin(now);
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
            Begin(now);
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

    private void Begin(MonoTime now)
    {
        (_wait, _turns) = (First, 0);
        Wait(now);
    }

    private void Lengthen(MonoTime now)
    {
        if (++_turns >= SoonTurns)
        {
            _wait = 2 * _wait < Longest ? 2 * _wait : Longest;
        }

        Wait(now);
    }

    private void Wait(MonoTime now) => NextTimeout = now + (_wait * (1 + (Spread * _random.NextDouble())));
}
