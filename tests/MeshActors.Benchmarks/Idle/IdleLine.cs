using System;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Idle;

/// <summary>What so many idle tunnels took.</summary>
/// <param name="Kind">Always <c>idle</c>.</param>
/// <param name="Tunnels">How many were opened between the two measurements of memory.</param>
/// <param name="OpenTunnels">Of these, how many were open in the end.</param>
/// <param name="ManagedBytesPerTunnel">Live managed objects, after full collections before and after.</param>
/// <param name="KeyBytesPerTunnel">Locked native memory: the slab of session keys.</param>
/// <param name="ResidentBytesPerTunnel">Resident set of the process: all of it, gaps of the heap too.</param>
/// <param name="IdleTunnelBytes">Managed and keys.</param>
/// <param name="CpuPercent">Of one core, while idle: keep-alives.</param>
/// <param name="AllocatedBytesPerSecond">Managed memory asked for by the whole process while idle.</param>
internal sealed record IdleLine(
    string Kind,
    int Tunnels,
    int OpenTunnels,
    double ManagedBytesPerTunnel,
    double KeyBytesPerTunnel,
    double ResidentBytesPerTunnel,
    double IdleTunnelBytes,
    double CpuPercent,
    double AllocatedBytesPerSecond)
{
    public static IdleLine Of(int tunnels, MemoryUse before, MemoryUse after, Mark first, Mark last)
    {
        double Each(Func<MemoryUse, long> figure) =>
            Measurement.Rounded((double)(figure(after) - figure(before)) / tunnels);

        var seconds = last.Seconds - first.Seconds;
        var managed = Each(memory => memory.ManagedBytes);
        var keys = Each(memory => memory.LockedBytes);
        return new IdleLine(
            "idle",
            tunnels,
            after.Tunnels - before.Tunnels,
            managed,
            keys,
            Each(memory => memory.ResidentBytes),
            managed + keys,
            Measurement.Rounded(100 * (last.CpuSeconds - first.CpuSeconds) / seconds),
            Measurement.Rounded((last.AllocatedBytes - first.AllocatedBytes) / seconds));
    }
}

/// <summary>The last line of <c>bench idle</c>.</summary>
internal sealed record IdleSummary(
    string Kind, string Bench, bool Pass, int Tunnels, double IdleTunnelBytes, double CpuPercent);
