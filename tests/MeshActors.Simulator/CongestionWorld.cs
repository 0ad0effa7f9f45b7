using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeshActors.TestKit.Congestion;
using MeshActors.Transport.Congestion;

namespace MeshActors.Simulator;

/// <summary>Plays the matrix of paths with each controller: one JSON object per cell, then tables in Markdown for people.</summary>
/// <remarks>
/// Exit code 0: every bar held; 1: one did not; 2: the command line is wrong. Flow control never limits here: windows hold four times what path and buffer do.
/// Cells of 10 Gbit/s send datagrams of 8,900 bytes, all others 1,200. What is measured begins when a flow had time to settle; short transfers are in the table of their own.
/// </remarks>
internal static class CongestionWorld
{
    public const string Usage =
        "usage: simulate.sh congestion [--controller NAME] [--mbits LIST] [--rtt LIST] [--loss LIST] [--buffer LIST (0: policer)] [--cells-only]";

    private static readonly CongestionControl[] All = [CongestionControl.Cubic, CongestionControl.Bbr];

    public static int Play(string[] arguments)
    {
        var options = CongestionOptions.Parse(arguments, out var error);
        if (options is null)
        {
            Console.Error.WriteLine($"{error}\n{Usage}");
            return 2;
        }

        var cells = new List<CongestionCell>();
        foreach (var (path, control) in Cells(options))
        {
            var cell = CongestionCell.Play(path, control);
            cells.Add(cell);
            Print(cell);
        }

        if (options.CellsOnly)
        {
            return 0;
        }

        var transfers = Bars.Transfers();
        var shares = Bars.Shares();
        transfers.ForEach(Print);
        shares.ForEach(Print);
        var failures = Bars.Broken(cells, shares);
        MatrixTable.Write(Console.Error, cells, transfers, shares);
        Print(new { kind = "summary", bench = "congestion", pass = failures.Count == 0, cells = cells.Count, failures });
        return failures.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<(SimPath Path, CongestionControl Control)> Cells(CongestionOptions options) =>
        from control in options.Control is { } only ? [only] : All
        from mbits in options.Mbits
        from roundTrip in options.RoundTripMs
        from loss in options.LossPercent
        from buffer in options.Buffers
        select (new SimPath(mbits * 1e6, TimeSpan.FromMilliseconds(roundTrip))
        {
            LossPercent = loss,
            BufferProducts = buffer,
            IsPolicer = buffer == 0,
            DatagramBytes = mbits > 1_000 ? 8_900 : 1_200,
        }, control);

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));
}
