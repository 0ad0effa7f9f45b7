using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;

namespace MeshActors.LinkLab.Runs;

/// <summary>Our flow against the kernel's, one after the other in the same minute, cell by cell.</summary>
internal sealed class Matrix
{
    /// <summary>Nowhere more than a tenth below the better of the references.</summary>
    public const double LeastRatio = 0.9;

    /// <summary>Bytes of a full packet, and those of them that TCP with timestamps leaves to the program.</summary>
    private const double FullPacket = 1_500;
    private const double TcpPayload = 1_448;

    private static readonly double[] Rates = [1, 10, 100, 500];
    private static readonly double[] RoundTrips = [1, 30, 100, 300];
    private static readonly double[] Losses = [0, 1, 2, 5];
    private static readonly double[] Buffers = [0.5, 1, 4];

    private readonly Measurement _measurement;
    private readonly Results _results;

    public Matrix(Measurement measurement, Results results)
    {
        _measurement = measurement;
        _results = results;
    }

    /// <summary>Every rate with every round trip, loss and buffer: 192 cells, about two hours.</summary>
    public static IReadOnlyList<Cell> Full { get; } =
    [
        .. from rate in Rates
           from roundTrip in RoundTrips
           from loss in Losses
           from buffer in Buffers
           select new Cell(rate, roundTrip, loss, buffer),
    ];

    /// <summary>The cells that tell most: every rate and round trip without loss, then the middle of the matrix with loss and other buffers, a bloated buffer, a policer.</summary>
    public static IReadOnlyList<Cell> Telling { get; } =
    [
        .. from rate in Rates
           from roundTrip in RoundTrips
           select new Cell(rate, roundTrip, 0, 1),
        new(10, 100, 0, 0.5), new(10, 100, 0, 4),
        new(100, 30, 0, 0.5), new(100, 30, 0, 4),
        new(100, 100, 0, 0.5), new(100, 100, 0, 4),
        new(1, 100, 1, 1), new(10, 30, 1, 1), new(10, 300, 1, 1), new(100, 30, 1, 1), new(100, 100, 1, 1),
        new(500, 30, 1, 1), new(10, 100, 2, 1), new(100, 30, 2, 1),
        new(10, 100, 5, 1), new(100, 30, 5, 1), new(100, 100, 5, 1),
        new(50, 50, 0, 10), new(100, 30, 0, 1) { PolicerMbit = 20 },
    ];

    /// <summary>One stream over a link on which Pilot Protocol was measured with 12.3, 3.0, 1.1 and 0.5 MB/s.</summary>
    public static IReadOnlyList<Cell> Pilot { get; } =
        [new(100, 30, 0, 1), new(100, 30, 0.5, 1), new(100, 30, 1, 1), new(100, 30, 2, 1)];

    /// <summary>Runs the cells.</summary>
    /// <returns>True when every cell with all three flows holds the bar.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Cell> cells, IReadOnlyList<FlowKind> kinds)
    {
        var holds = true;
        _results.Head(
            ["Mbit/s", "RTT ms", "loss %", "buffer BDP", .. kinds.Select(Results.Name), "ours / better of the kernel's"]);
        foreach (var cell in cells)
        {
            var goodputs = new Dictionary<string, double>();
            foreach (var kind in kinds)
            {
                goodputs[Results.Name(kind)] = Math.Round((await _measurement.RunAsync(cell, kind))[0], 3);
            }

            var ratio = Ratio(goodputs, cell);
            holds &= ratio is null or >= LeastRatio;
            _results.Write(new CellFigures("cell", cell, goodputs, ratio));
            _results.Row(
            [
                cell.PolicerMbit is { } policed
                    ? $"{Results.Setting(cell.RateMbit)}, policed to {Results.Setting(policed)}"
                    : Results.Setting(cell.RateMbit),
                Results.Setting(cell.RoundTripMs),
                Results.Setting(cell.LossPercent),
                Results.Setting(cell.BufferBdp),
                .. kinds.Select(kind => Results.Text(goodputs[Results.Name(kind)])),
                ratio is { } shown ? Results.Text(shown) : "-",
            ]);
        }

        return holds;
    }

    /// <remarks>
    /// A reference counts at most what the link carries: one that fills a gap of seconds before the measured time hands
    /// bytes of that time over within it.
    /// </remarks>
    private static double? Ratio(Dictionary<string, double> goodputs, Cell cell)
    {
        var best = goodputs.Where(of => of.Key != Results.Name(FlowKind.Mesh)).Select(of => of.Value).DefaultIfEmpty().Max();
        best = Math.Min(best, cell.RateMbit * TcpPayload / FullPacket);
        return best > 0 && goodputs.TryGetValue(Results.Name(FlowKind.Mesh), out var ours)
            ? Math.Round(ours / best, 3)
            : null;
    }
}

/// <summary>All flows of one cell, as a line of the results.</summary>
/// <param name="Kind">Always <c>cell</c>.</param>
/// <param name="Cell">The link.</param>
/// <param name="GoodputMbit">Of each flow, in millions of bits a second.</param>
/// <param name="Ratio">Ours by the better of the references; null when one of them did not run.</param>
internal sealed record CellFigures(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("cell")] Cell Cell,
    [property: JsonPropertyName("goodputMbit")] IReadOnlyDictionary<string, double> GoodputMbit,
    [property: JsonPropertyName("ratio")] double? Ratio);
