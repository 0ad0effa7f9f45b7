using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>How many challenges one peer may have sent to endpoints that never answered: a member that names a victim's endpoints as its own aims no more than that at them.</summary>
internal sealed class ProbeBudget
{
    /// <summary>Challenges at once; eight candidates get a whole round.</summary>
    public const int Burst = 60;

    /// <summary>Between further ones.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private int _left = Burst;
    private MonoTime _filledAt = new(long.MinValue / 2);

    /// <summary>Takes one.</summary>
    public bool TryTake(MonoTime now)
    {
        var more = (now - _filledAt).Ticks / Interval.Ticks;
        if (more > 0)
        {
            _left = (int)Math.Min(Burst, _left + more);
            _filledAt = _left == Burst ? now : _filledAt + (Interval * more);
        }

        if (_left == 0)
        {
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>When there is one after <see cref="TryTake"/> said no.</summary>
    public MonoTime NextRoom(MonoTime now) => MonoTime.Latest(now, _filledAt + Interval);
}
