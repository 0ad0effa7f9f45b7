using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MeshActors.Benchmarks.Runs;

/// <summary>Processor time of the whole machine, to see what others took while something was measured.</summary>
/// <param name="BusySeconds">All cores together, since the system's start; 0 where it is not known.</param>
/// <param name="AllSeconds">Busy and idle.</param>
internal readonly record struct ProcessorTime(double BusySeconds, double AllSeconds)
{
    private const double TicksPerSecond = 100;

    // proc(5), /proc/stat: user nice system idle iowait irq softirq steal.
    private const int Idle = 3;
    private const int IoWait = 4;
    private const int Fields = 8;

    public static ProcessorTime Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return default;
        }

        var ticks = File.ReadLines("/proc/stat").First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(Fields)
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture))
            .ToList();
        var all = ticks.Sum();
        return new ProcessorTime((all - ticks[Idle] - ticks[IoWait]) / TicksPerSecond, all / TicksPerSecond);
    }

    /// <summary>What went to others, percent of all there was between two moments.</summary>
    /// <param name="begin">The earlier moment.</param>
    /// <param name="ownSeconds">What our processes took between.</param>
    public double OthersPercentSince(ProcessorTime begin, double ownSeconds)
    {
        var all = AllSeconds - begin.AllSeconds;
        return all <= 0 ? 0 : Math.Max(0, 100 * (BusySeconds - begin.BusySeconds - ownSeconds) / all);
    }
}
