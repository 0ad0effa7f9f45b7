using System;
using System.Globalization;
using System.IO;

namespace MeshActors.Benchmarks.Children;

/// <summary>Measures what memory this process holds.</summary>
internal static class ProcessMemory
{
    /// <summary>Collects everything, gives free memory back, then measures.</summary>
    public static MemoryUse Measure(int tunnels)
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new MemoryUse(
            GC.GetTotalMemory(forceFullCollection: false),
            Environment.WorkingSet,
            StatusBytes("VmLck:"),
            Environment.CpuUsage.TotalTime.TotalSeconds,
            tunnels);
    }

    /// <summary>A line of <c>/proc/self/status</c>, in bytes; 0 on other systems.</summary>
    private static long StatusBytes(string key)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                var kibibytes = line.AsSpan(key.Length).Trim();
                return long.Parse(kibibytes[..kibibytes.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}
