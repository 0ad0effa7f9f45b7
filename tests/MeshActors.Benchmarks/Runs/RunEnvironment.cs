using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace MeshActors.Benchmarks.Runs;

/// <summary>The first line of a run: on what it was measured.</summary>
/// <param name="Kind">Always <c>environment</c>.</param>
/// <param name="Bench">Which run.</param>
/// <param name="Cores">Processors the process may use.</param>
/// <param name="CpuModel">As the system names it.</param>
/// <param name="Kernel">System and version.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Commit">Of the sources; empty when not told.</param>
/// <param name="Network"><c>loopback</c>, or <c>veth</c> with its MTU.</param>
/// <param name="Pinning">Whether processes are held to cores.</param>
/// <param name="Seconds">How long each load is measured in a turn.</param>
/// <param name="Alternations">Turns.</param>
/// <param name="LoadAverage">Runnable threads of the last minute as the run began: contention.</param>
internal sealed record RunEnvironment(
    string Kind,
    string Bench,
    int Cores,
    string CpuModel,
    string Kernel,
    string Runtime,
    string Commit,
    string Network,
    string Pinning,
    double Seconds,
    int Alternations,
    string LoadAverage)
{
    public static RunEnvironment Of(string bench, string commit, string network, double seconds, int alternations) => new(
        "environment",
        bench,
        Environment.ProcessorCount,
        Line("/proc/cpuinfo", "model name"),
        $"{RuntimeInformation.OSDescription}, {Environment.OSVersion.Version}",
        RuntimeInformation.FrameworkDescription,
        commit,
        network,
        "none",
        seconds,
        alternations,
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : string.Empty);

    private static string Line(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':')[^1].Trim()
                ?? string.Empty
            : string.Empty;
}
