using System;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Simulation;

/// <summary>Moves virtual time from one thing that happens to the next, and notices a run that never ends.</summary>
internal sealed class SimSteps
{
    private const int MostAtOnce = 200_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private int _atOnce;

    /// <summary>Moves <paramref name="now"/> to what happens next; never backwards.</summary>
    /// <returns>False when nothing will happen, after two hours of virtual time, or when time stands still.</returns>
    public bool TryAdvance(ref MonoTime now, MonoTime? next)
    {
        if (next is not { } at || at - new MonoTime(0) > Longest || _atOnce > MostAtOnce)
        {
            return false;
        }

        _atOnce = at > now ? 0 : _atOnce + 1;
        now = MonoTime.Latest(now, at);
        return true;
    }
}
