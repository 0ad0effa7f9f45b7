using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MeshActors.Benchmarks.Relays;

/// <summary>Sends over a relay from all ends in turn, so that neighbours on the wire are of different pairs, and no more at a time than arrives.</summary>
internal static class PairLoad
{
    /// <summary>Datagrams under way, for each end.</summary>
    private const int WindowOfEnd = 2;

    private static readonly TimeSpan LostAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>What is carried: the same for all loads of a size, so that what comes late is still right.</summary>
    public static byte[] PayloadOf(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);

        // The first byte of a packet: nothing that a relay would take for a frame of its own.
        payload[0] = 0xE0;
        return payload;
    }

    /// <summary>Sends and takes; says what it cost the relay.</summary>
    /// <param name="pairs">Who sends; prepared.</param>
    /// <param name="count">Datagrams of each end.</param>
    /// <param name="processId">The relay's process.</param>
    public static PairFigures Run(IRelayedPairs pairs, int count, int processId)
    {
        var window = Math.Min(WindowOfEnd * pairs.Ends, 1_024);
        var (sent, taken, lost) = (0L, 0L, 0L);
        var cpu = CpuSecondsOf(processId);
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < count; round++)
        {
            for (var end = 0; end < pairs.Ends; end++)
            {
                pairs.Send(end);
                sent++;
                taken += pairs.TryTake(end) ? 1 : 0;
                if (sent - taken - lost >= window)
                {
                    taken += Sweep(pairs, (int)(sent - taken - lost) - (window / 2), out var missing);
                    lost += missing;
                }
            }
        }

        taken += Sweep(pairs, (int)(sent - taken - lost), out var last);
        return new PairFigures(
            sent, taken, lost + last, Stopwatch.GetElapsedTime(began).TotalSeconds, CpuSecondsOf(processId) - cpu);
    }

    /// <summary>Processor time of all threads of a process, to the nanosecond (proc(5), schedstat).</summary>
    public static double CpuSecondsOf(int processId) =>
        Directory.GetDirectories($"/proc/{processId}/task")
            .Sum(task => double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e9;

    /// <summary>Takes from all ends until so many came, or nothing comes any more.</summary>
    private static int Sweep(IRelayedPairs pairs, int wanted, out int missing)
    {
        var taken = 0;
        var last = Stopwatch.GetTimestamp();
        while (taken < wanted && Stopwatch.GetElapsedTime(last) < LostAfter)
        {
            for (var end = 0; end < pairs.Ends; end++)
            {
                while (pairs.TryTake(end))
                {
                    taken++;
                    last = Stopwatch.GetTimestamp();
                }
            }
        }

        missing = Math.Max(0, wanted - taken);
        return taken;
    }
}

/// <summary>What a load over a relay gave.</summary>
/// <param name="Sent">Datagrams sent by all ends.</param>
/// <param name="Taken">Datagrams that arrived.</param>
/// <param name="Lost">Datagrams that did not.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="CpuSeconds">Processor time of the relay.</param>
internal readonly record struct PairFigures(long Sent, long Taken, long Lost, double Seconds, double CpuSeconds);
