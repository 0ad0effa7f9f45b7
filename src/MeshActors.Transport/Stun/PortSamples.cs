using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Transport.Stun;

/// <summary>Public ports that a NAT gave to sockets, in the order in which these first sent something, and what they show.</summary>
internal static class PortSamples
{
    /// <summary>Fewer prove nothing.</summary>
    public const int Least = 8;

    /// <summary>Largest step that counts as one: NATs step by 1 or 2, some by the number of their cores.</summary>
    public const int MaxStep = 64;

    /// <summary>How many steps others behind the same NAT may have taken between two samples.</summary>
    private const int MaxStepsBetween = 16;

    /// <summary>Ports that NATs give out when they use all that are not well known (RFC 4787, section 4.2.1).</summary>
    private const int LowestPort = 1_024;

    /// <summary>Blocks of carriers have 64 to 4,096 ports; what is spread further may be anywhere.</summary>
    private const int SmallestBlock = 64;
    private const int LargestBlock = 16_384;

    /// <summary>Says which pattern at least three quarters of the samples show.</summary>
    /// <param name="samples">Local and public port of each; below <see cref="Least"/> nothing is known.</param>
    public static NatPorts Classify(IReadOnlyList<(int Local, int Mapped)> samples)
    {
        if (samples.Count < Least)
        {
            return new NatPorts(PortPattern.Unknown);
        }

        if (Most(samples.Count(sample => sample.Local == sample.Mapped), samples.Count))
        {
            return new NatPorts(PortPattern.Preserving);
        }

        var differences = samples.Zip(samples.Skip(1), (a, b) => b.Mapped - a.Mapped).ToList();
        return FindStep(differences) is { } step
            ? new NatPorts(PortPattern.Sequential, Step: step)
            : Block([.. samples.Select(sample => sample.Mapped)]);
    }

    private static bool Most(int count, int all) => count * 4 >= all * 3;

    /// <summary>The step by which most differences can be explained, or null.</summary>
    private static int? FindStep(List<int> differences)
    {
        var best = differences
            .Distinct()
            .Where(step => Math.Abs(step) is >= 1 and <= MaxStep)
            .Select(step => (Step: step, Count: differences.Count(difference => IsMultiple(difference, step))))
            .OrderByDescending(candidate => candidate.Count)
            .ThenByDescending(candidate => Math.Abs(candidate.Step))
            .FirstOrDefault();
        return best.Count > 0 && Most(best.Count, differences.Count) ? best.Step : null;
    }

    private static bool IsMultiple(int difference, int step) =>
        difference % step == 0 && difference / step is >= 1 and <= MaxStepsBetween;

    /// <summary>
    /// The ports among which the next one probably is. Ports of a block are spread evenly, so on average it reaches beyond the
    /// samples as far as these lie apart; carriers align blocks to their size, which is believed where it makes at most twice as much.
    /// </summary>
    private static NatPorts Block(int[] ports)
    {
        var lowest = ports.Min();
        var highest = ports.Max();
        var gap = ((highest - lowest) / (ports.Length - 1)) + 1;
        var low = Math.Max(Math.Min(lowest, LowestPort), lowest - gap);
        var high = Math.Min(ushort.MaxValue, highest + gap);
        for (var size = SmallestBlock; size <= LargestBlock; size *= 2)
        {
            var start = lowest / size * size;
            if (highest < start + size && size <= 2 * (high - low + 1))
            {
                return new NatPorts(PortPattern.Random, BlockLow: Math.Max(1, start), BlockHigh: start + size - 1);
            }
        }

        return high - low + 1 > LargestBlock
            ? new NatPorts(PortPattern.Random, BlockLow: Math.Min(lowest, LowestPort), BlockHigh: ushort.MaxValue)
            : new NatPorts(PortPattern.Random, BlockLow: low, BlockHigh: high);
    }
}
