using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;

namespace MeshActors.LinkLab.Runs;

/// <summary>Two flows side by side on one link: what each gets.</summary>
internal sealed class Fairness
{
    /// <summary>Beside a kernel CUBIC flow neither gets less than this.</summary>
    public const double LeastBesideCubic = 0.30;

    /// <summary>Of two own flows neither gets less than this.</summary>
    public const double LeastOfOwn = 0.40;

    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(40);
    private static readonly double[] RoundTrips = [30, 100];
    private static readonly double[] Buffers = [0.5, 1, 4];

    private readonly Measurement _measurement;
    private readonly Results _results;

    public Fairness(Measurement measurement, Results results)
    {
        _measurement = measurement;
        _results = results;
    }

    /// <summary>The links on which shares are measured.</summary>
    /// <param name="rateMbit">Their rate.</param>
    public static IReadOnlyList<Cell> Links(double rateMbit) =>
    [
        .. from roundTrip in RoundTrips
           from buffer in Buffers
           select new Cell(rateMbit, roundTrip, 0, buffer),
    ];

    /// <summary>The first flow beside each of the others, and two of the first.</summary>
    public static IReadOnlyList<(FlowKind First, FlowKind Second)> Pairs(IReadOnlyList<FlowKind> flows) =>
        [.. flows.Skip(1).Select(other => (flows[0], other)), (flows[0], flows[0])];

    /// <summary>Runs pairs of flows on each link.</summary>
    /// <param name="cells">The links.</param>
    /// <param name="pairs">Which flows share a link.</param>
    /// <returns>True when every share holds its bar.</returns>
    public async Task<bool> RunAsync(
        IReadOnlyList<Cell> cells, IReadOnlyList<(FlowKind First, FlowKind Second)> pairs)
    {
        var holds = true;
        _results.Head("Mbit/s", "RTT ms", "buffer BDP", "flows", "Mbit/s each", "share of the first", "bar");
        foreach (var cell in cells)
        {
            foreach (var (first, second) in pairs)
            {
                var goodputs = await _measurement.RunAsync(cell, Ramp, _measurement.Measured ?? Measured, [first, second]);
                var share = goodputs.Sum() > 0 ? goodputs[0] / goodputs.Sum() : 0;
                var least = first == second ? LeastOfOwn : LeastBesideCubic;
                var fair = share >= least && share <= 1 - least;
                holds &= fair;
                var flows = $"{Results.Name(first)} and {Results.Name(second)}";
                _results.Write(new ShareFigures("share", cell, flows, goodputs, Math.Round(share, 3), fair));
                _results.Row(
                    Results.Setting(cell.RateMbit),
                    Results.Setting(cell.RoundTripMs),
                    Results.Setting(cell.BufferBdp),
                    flows,
                    $"{Results.Text(goodputs[0])}, {Results.Text(goodputs[1])}",
                    Results.Text(share),
                    $"{Results.Text(least)} to {Results.Text(1 - least)}: {(fair ? "holds" : "missed")}");
            }
        }

        return holds;
    }
}

/// <summary>Two flows on one link, as a line of the results.</summary>
/// <param name="Kind">Always <c>share</c>.</param>
/// <param name="Cell">The link.</param>
/// <param name="Flows">Both, the first first.</param>
/// <param name="GoodputMbit">Of each, in millions of bits a second.</param>
/// <param name="Share">What the first has of both, 0 to 1.</param>
/// <param name="Holds">True when it is within its bar.</param>
internal sealed record ShareFigures(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("cell")] Cell Cell,
    [property: JsonPropertyName("flows")] string Flows,
    [property: JsonPropertyName("goodputMbit")] IReadOnlyList<double> GoodputMbit,
    [property: JsonPropertyName("share")] double Share,
    [property: JsonPropertyName("holds")] bool Holds);
