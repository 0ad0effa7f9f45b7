using System;
using System.Globalization;

namespace MeshActors.Host.Configuration;

/// <summary>Durations as HOCON writes them, a number and a unit: <c>14d</c>, <c>250 ms</c>, <c>1.5 hours</c>.</summary>
internal static class Durations
{
    /// <summary>False for a number without unit too: it would be read as milliseconds by one and as seconds by another.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var unitAt = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        while (unitAt >= 0 && unitAt < text.Length && (char.IsAsciiDigit(text[unitAt]) || text[unitAt] == '.'))
        {
            unitAt++;
        }

        if (unitAt <= 0
            || TicksOf(text.AsSpan(unitAt).Trim()) is not { } unit
            || !decimal.TryParse(
                text.AsSpan(0, unitAt), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / unit)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(number * unit));
        return true;
    }

    /// <summary>In the largest unit that needs no fraction: <c>14d</c>, <c>90s</c>, <c>1500ms</c>.</summary>
    public static string Show(TimeSpan duration)
    {
        foreach (var (unit, name) in ((long, string)[])
            [(TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s")])
        {
            if (duration.Ticks % unit == 0)
            {
                return (duration.Ticks / unit).ToString(CultureInfo.InvariantCulture) + name;
            }
        }

        return duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms";
    }

    private static decimal? TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };
}
