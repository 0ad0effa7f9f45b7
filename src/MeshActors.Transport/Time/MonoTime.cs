using System;
using System.Globalization;

namespace MeshActors.Transport.Time;

/// <summary>A point on a monotonic time line whose origin means nothing; resolution 100 ns.</summary>
/// <param name="Ticks">Ticks of 100 ns since the origin.</param>
internal readonly record struct MonoTime(long Ticks) : IComparable<MonoTime>
{
    /// <summary>Later than every other point: nothing is due.</summary>
    public static readonly MonoTime Never = new(long.MaxValue);

    public static MonoTime operator +(MonoTime time, TimeSpan span) => new(time.Ticks + span.Ticks);

    public static MonoTime operator -(MonoTime time, TimeSpan span) => new(time.Ticks - span.Ticks);

    public static TimeSpan operator -(MonoTime left, MonoTime right) => new(left.Ticks - right.Ticks);

    public static bool operator <(MonoTime left, MonoTime right) => left.Ticks < right.Ticks;

    public static bool operator >(MonoTime left, MonoTime right) => left.Ticks > right.Ticks;

    public static bool operator <=(MonoTime left, MonoTime right) => left.Ticks <= right.Ticks;

    public static bool operator >=(MonoTime left, MonoTime right) => left.Ticks >= right.Ticks;

    /// <summary>The earlier of two deadlines, where null is no deadline.</summary>
    public static MonoTime? Earliest(MonoTime? a, MonoTime? b) => a is null || b < a ? b : a;

    /// <summary>The later of two points.</summary>
    public static MonoTime Latest(MonoTime a, MonoTime b) => a < b ? b : a;

    public int CompareTo(MonoTime other) => Ticks.CompareTo(other.Ticks);

    /// <summary>Seconds since the origin with seven decimals, as traces print it.</summary>
    public override string ToString() =>
        (Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.0000000", CultureInfo.InvariantCulture);
}
