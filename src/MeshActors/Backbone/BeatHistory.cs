using System;
using MeshActors.Transport.Time;

namespace MeshActors.Backbone;

/// <summary>How much of the last 30 days, or of its whole age, a record was beating.</summary>
/// <remarks>
/// A beat vouches for the time since the one before when that is at most <see cref="Tolerance"/>, else for one beat: so
/// a beat that comes a little late costs nothing, and two in a row gain nothing. Kept as one sum per day of 24 hours
/// since the first registration: the window is today and the 30 days before.
/// </remarks>
internal sealed class BeatHistory
{
    /// <summary>Days counted, today included.</summary>
    public const int Days = 31;

    /// <summary>Longest gap between beats that counts as beating all the time: a beat and a half.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    private readonly MonoTime _start;
    private readonly int[] _seenMsByDay = new int[Days];
    private long _today;

    /// <param name="now">The first registration, which is the first beat.</param>
    public BeatHistory(MonoTime now)
    {
        _start = now;
        LastBeat = now;
    }

    public MonoTime LastBeat { get; private set; }

    public void HandleBeat(MonoTime now)
    {
        var gap = now - LastBeat;
        StartDay(DayOf(now));
        _seenMsByDay[_today % Days] += (int)(gap <= Tolerance ? gap : Beat).TotalMilliseconds;
        LastBeat = now;
    }

    /// <summary>Beats seen over beats expected, 0 to 1; 1 at the start.</summary>
    public double Uptime(MonoTime now)
    {
        // Whether the next beat comes is not known before it is late.
        var end = now - LastBeat <= Tolerance ? LastBeat : now;
        var lastDay = DayOf(end);
        var firstDay = Math.Max(0, lastDay - (Days - 1));
        var expected = end - (_start + (firstDay * TimeSpan.FromDays(1)));
        if (expected <= TimeSpan.Zero)
        {
            return 1;
        }

        var seenMs = 0L;
        for (var day = Math.Max(firstDay, _today - (Days - 1)); day <= _today; day++)
        {
            seenMs += _seenMsByDay[day % Days];
        }

        return Math.Min(1, seenMs / expected.TotalMilliseconds);
    }

    private long DayOf(MonoTime time) => (time - _start).Ticks / TimeSpan.TicksPerDay;

    private void StartDay(long day)
    {
        for (var next = Math.Max(_today + 1, day - (Days - 1)); next <= day; next++)
        {
            _seenMsByDay[next % Days] = 0;
        }

        _today = day;
    }
}
