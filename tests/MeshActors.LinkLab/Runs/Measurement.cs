using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;
using MeshActors.LinkLab.Link;
using MeshActors.Transport.Congestion;

namespace MeshActors.LinkLab.Runs;

/// <summary>Runs flows side by side over one link and measures each.</summary>
internal sealed class Measurement
{
    private const int FirstPort = 7_000;
    private const int Digits = 3;
    private const double BitsPerMbit = 1e6;
    private const ulong Seed = 1;
    private const int MostRuns = 3;
    private const double MostLateMs = 20;

    private readonly LabNetwork _network;
    private readonly Results _results;
    private readonly TimeProvider _time;

    public Measurement(LabNetwork network, Results results, TimeProvider time)
    {
        _network = network;
        _results = results;
        _time = time;
    }

    /// <summary>How long flows are measured; null leaves it to the cell.</summary>
    public TimeSpan? Measured { get; set; }

    /// <summary>Our congestion control; null takes the default.</summary>
    public CongestionControl? Control { get; set; }

    /// <summary>How much later than due the link handed over a packet, at worst, since it is played.</summary>
    private double LatestMs =>
        Math.Max(_network.Link.Forward.Counters.LatestNanoseconds, _network.Link.Backward.Counters.LatestNanoseconds) / 1e6;

    /// <summary>Goodput of each flow in Mbit/s, in the order of <paramref name="kinds"/>; writes the lines of the run.</summary>
    public Task<double[]> RunAsync(Cell cell, params IReadOnlyList<FlowKind> kinds) =>
        RunAsync(cell, cell.Ramp, Measured ?? cell.Measured, kinds);

    /// <summary>The same with other times.</summary>
    /// <remarks>
    /// A run during which the machine held up the link itself shows the machine, not the flows: it is repeated, and its lines say by
    /// <see cref="LinkFigures.LatestMs"/> that they do not count. The last repetition counts as it is.
    /// </remarks>
    public async Task<double[]> RunAsync(Cell cell, TimeSpan ramp, TimeSpan measured, IReadOnlyList<FlowKind> kinds)
    {
        for (var run = 1; ; run++)
        {
            var (goodputs, latestMs) = await RunOnceAsync(cell, ramp, measured, kinds);
            if (run == MostRuns || latestMs <= MostLateMs)
            {
                return goodputs;
            }
        }
    }

    private async Task<(double[] Goodputs, double LatestMs)> RunOnceAsync(
        Cell cell, TimeSpan ramp, TimeSpan measured, IReadOnlyList<FlowKind> kinds)
    {
        _network.Play(cell.Shape, Seed);
        var flows = new List<Flow>();
        try
        {
            flows.AddRange(await Task.WhenAll(kinds.Select((kind, index) =>
                Flow.StartAsync(_network, kind, FirstPort + index, cell.MessageBytes, Control))));
            await Task.WhenAll(flows.Select(flow => flow.GoAsync()));
            var start = _network.Now;
            await Task.Delay(ramp, _time);
            var before = _network.Link.Forward.Counters;
            var from = _network.Now;
            await Task.Delay(measured, _time);
            var to = _network.Now;
            var passed = _network.Link.Forward.Counters - before;
            await Task.Delay(FlowProcess.CountInterval, _time);
            var goodputs = flows.Select(flow => Write(flow, cell, start, from, to)).ToArray();
            Write(cell, kinds, passed, (to - from) / 1e9);
            return (goodputs, LatestMs);
        }
        finally
        {
            // The ends' farewells pass an empty link, so that nothing of them is left for the next run.
            _network.Play(new Cell(1_000, 0, 0, 1).Shape, Seed);
            await Task.WhenAll(flows.Select(flow => flow.DisposeAsync().AsTask()));
        }
    }

    private double Write(Flow flow, Cell cell, long start, long from, long to)
    {
        var goodput = flow.BitsPerSecond(from, to) / BitsPerMbit;
        var seconds = new List<double>();
        for (var second = start; second + 1_000_000_000 <= to; second += 1_000_000_000)
        {
            seconds.Add(Math.Round(flow.BitsPerSecond(second, second + 1_000_000_000) / BitsPerMbit, Digits));
        }

        _results.Write(new FlowFigures(
            "flow",
            cell,
            Results.Name(flow.Kind),
            Math.Round(goodput, Digits),
            Math.Round(100 * goodput / cell.RateMbit, Digits),
            seconds,
            flow.Figures is { } figures ? JsonNode.Parse(figures) : null));
        return goodput;
    }

    private void Write(Cell cell, IReadOnlyList<FlowKind> kinds, LinkCounters passed, double seconds)
    {
        _results.Write(new LinkFigures(
            "link",
            cell,
            [.. kinds.Select(Results.Name)],
            Math.Round(passed.DeliveredBytes * 8 / seconds / BitsPerMbit, Digits),
            Math.Round(Share(passed.WaitNanoseconds, passed.Accepted) / 1e6, Digits),
            Math.Round(100 * Share(passed.QueueDrops, passed.Offered), Digits),
            Math.Round(100 * Share(passed.RandomDrops, passed.Offered), Digits),
            Math.Round(100 * Share(passed.Marked, passed.Offered), Digits),
            Math.Round(Share(passed.LateNanoseconds, passed.Delivered) / 1e3, Digits),
            Math.Round(LatestMs, Digits)));
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
