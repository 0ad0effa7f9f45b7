using System;
using System.Globalization;
using System.Linq;
using System.Text.Json.Serialization;
using System.Threading.Tasks;

namespace MeshActors.LinkLab.Runs;

/// <summary>How well the link keeps its rate and its delay: a flood of datagrams above the rate, and single ones there and back.</summary>
internal sealed class Calibration
{
    /// <summary>Rate and round trip may be this much off, in a hundredth; round trips also by what two wake-ups take.</summary>
    private const double PercentOff = 2;
    private const double MsOff = 0.5;

    private const int Port = 7_900;
    private const double FloodFactor = 1.2;
    private const double BitsPerMbit = 1e6;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);
    private static readonly double[] Rates = [1, 10, 100, 500, 1_000];
    private static readonly double[] RoundTrips = [1, 30, 100, 300];

    private readonly LabNetwork _network;
    private readonly Results _results;
    private readonly TimeProvider _time;

    public Calibration(LabNetwork network, Results results, TimeProvider time)
    {
        _network = network;
        _results = results;
        _time = time;
    }

    /// <returns>True when every rate and round trip came out as set.</returns>
    public async Task<bool> RunAsync()
    {
        await using var receiver = await FlowProcess.StartAsync(
            _network.Right, string.Empty, "udp-receive", Port.ToString(CultureInfo.InvariantCulture));
        _results.Head("set", "measured", "off by", "handed over late by us");
        var holds = true;
        foreach (var rate in Rates)
        {
            holds &= await RateAsync(rate, receiver);
        }

        foreach (var roundTrip in RoundTrips)
        {
            holds &= await RoundTripAsync(roundTrip);
        }

        return holds;
    }

    private async Task<bool> RateAsync(double rateMbit, FlowProcess receiver)
    {
        _network.Play(new Cell(rateMbit, 10, 0, 1).Shape, 1);
        await using var sender = await FlowProcess.StartAsync(
            _network.Left,
            string.Empty,
            "udp-flood",
            $"{LabNetwork.RightAddress}:{Port}",
            (rateMbit * FloodFactor * BitsPerMbit).ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Settling, _time);
        var from = _network.Now;
        await Task.Delay(Measured, _time);
        var to = _network.Now;
        await Task.Delay(FlowProcess.CountInterval, _time);
        var samples = receiver.Samples();
        var measured = (Flow.BytesAt(samples, to) - Flow.BytesAt(samples, from)) * 8e3 / (to - from);
        return Write("Mbit/s", rateMbit, measured, rateMbit * PercentOff / 100);
    }

    private async Task<bool> RoundTripAsync(double roundTripMs)
    {
        _network.Play(new Cell(1_000, roundTripMs, 0, 1).Shape, 1);
        await using var sender = await FlowProcess.StartAsync(
            _network.Left, string.Empty, "udp-ping", $"{LabNetwork.RightAddress}:{Port}");
        await Task.Delay(Settling + Measured, _time);
        var sorted = sender.Samples().Select(sample => sample.Value / 1e6).Order().ToList();
        return sorted.Count > 0 && Write(
            "ms", roundTripMs, sorted[sorted.Count / 2], MsOff + (roundTripMs * PercentOff / 100));
    }

    private bool Write(string unit, double set, double measured, double allowed)
    {
        var counters = _network.Link.Forward.Counters;
        var lateUs = counters.Delivered == 0 ? 0 : counters.LateNanoseconds / 1e3 / counters.Delivered;
        var holds = Math.Abs(measured - set) <= allowed;
        _results.Write(new CalibrationFigures("calibration", unit, set, measured, Math.Round(lateUs, 1), holds));
        _results.Row(
            $"{Results.Setting(set)} {unit}",
            $"{Results.Text(measured, 3)} {unit}",
            $"{Results.Text(100 * (measured - set) / set)} %",
            Results.Text(lateUs, 1));
        return holds;
    }
}

/// <summary>One rate or round trip as set and as measured, as a line of the results.</summary>
/// <param name="Kind">Always <c>calibration</c>.</param>
/// <param name="Unit">Of both figures.</param>
/// <param name="Set">What the link was told.</param>
/// <param name="Measured">What came out; of round trips the median.</param>
/// <param name="LateUs">How much later than due packets were handed over, mean, in microseconds.</param>
/// <param name="Holds">True when the figure is near enough.</param>
internal sealed record CalibrationFigures(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("set")] double Set,
    [property: JsonPropertyName("measured")] double Measured,
    [property: JsonPropertyName("lateUs")] double LateUs,
    [property: JsonPropertyName("holds")] bool Holds);
