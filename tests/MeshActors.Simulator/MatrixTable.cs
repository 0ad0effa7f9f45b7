using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MeshActors.Simulator;

/// <summary>Writes the matrix as tables in Markdown: the least and the middle of the cells that share a rate, a loss and a kind of buffer.</summary>
internal static class MatrixTable
{
    public static void Write(
        TextWriter to, IReadOnlyCollection<CongestionCell> cells, IEnumerable<TransferLine> transfers, IEnumerable<ShareLine> shares)
    {
        to.WriteLine("| rate | loss | buffer | " + string.Join(" | ", Names(cells).Select(name =>
            $"{name}: % of the link, least / middle / most | {name}: queue ms, mean / p95 | {name}: sent again %")) + " |");
        to.WriteLine("|---|---|---|" + string.Concat(Names(cells).Select(_ => "---|---|---|")));
        foreach (var row in cells.GroupBy(cell => (cell.Mbits, cell.LossPercent, IsPolicer: cell.Buffer == "policer")))
        {
            var key = row.Key;
            var buffer = key.IsPolicer ? "policer" : "queue";
            to.WriteLine(FormattableString.Invariant($"| {key.Mbits} | {key.LossPercent} % | {buffer} | ")
                + string.Join(" | ", Names(cells).Select(name => Columns(row.Where(cell => cell.Controller == name)))) + " |");
        }

        to.WriteLine();
        foreach (var line in transfers)
        {
            to.WriteLine(FormattableString.Invariant(
                $"| {line.Controller} | {line.LossPercent} % | {line.MegabytesPerSecond} MB/s |"));
        }

        to.WriteLine();
        foreach (var line in shares)
        {
            to.WriteLine(FormattableString.Invariant(
                $"| {line.First} | {line.Second} | {line.Buffer} | {line.FirstBegins} | {line.SharePercent} % | {line.QueueMeanMs} ms |"));
        }
    }

    private static string[] Names(IEnumerable<CongestionCell> cells) =>
        cells.Select(cell => cell.Controller).Distinct().ToArray();

    private static string Columns(IEnumerable<CongestionCell> cells)
    {
        var all = cells.ToArray();
        var goodput = all.Select(cell => cell.GoodputPercent).Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{goodput[0]} / {Middle(goodput)} / {goodput[^1]} | {Middle(all.Select(cell => cell.QueueMeanMs))} / {Middle(all.Select(cell => cell.QueueP95Ms))} | {Middle(all.Select(cell => cell.LostPercent))}");
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
