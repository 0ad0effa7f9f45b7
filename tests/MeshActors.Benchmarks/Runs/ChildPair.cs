using System;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Runs;

/// <summary>Two child processes that talk to each other, kept for all turns of their loads.</summary>
internal sealed class ChildPair : IAsyncDisposable
{
    /// <summary>In seconds; then it counts as nothing.</summary>
    private const double LongestSilence = 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    private readonly ChildLink _source;
    private readonly ChildLink _sink;

    private ChildPair(ChildLink source, ChildLink sink)
    {
        _source = source;
        _sink = sink;
    }

    /// <summary>What they agreed on to encrypt with; empty when nothing is.</summary>
    public string Suite { get; private set; } = string.Empty;

    /// <summary>Starts both and connects them.</summary>
    /// <param name="load">Whose roles they get.</param>
    /// <param name="places">Where they run.</param>
    /// <param name="secret">The fleet secret of this run.</param>
    public static async Task<ChildPair> StartAsync(
        TunnelLoad load, (ChildPlace Source, ChildPlace Sink) places, string secret)
    {
        var pair = new ChildPair(
            ChildLink.Start(load.SourceRole, places.Source), ChildLink.Start(load.SinkRole, places.Sink));
        try
        {
            var open = new ChildCommand { Verb = ChildVerb.Open, Secret = secret };
            var listening = await pair._sink.AskAsync(open);
            var connected = await pair._source.AskAsync(
                open with { Target = listening.Endpoint, Certificate = listening.Certificate });
            pair.Suite = connected.Suite;
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a load once.</summary>
    /// <param name="load">What to carry.</param>
    /// <param name="size">Bytes of a message or datagram.</param>
    /// <param name="seconds">How long to measure, after a warm-up.</param>
    /// <param name="alternation">Which turn it is.</param>
    public Task<Measurement> MeasureAsync(TunnelLoad load, int size, double seconds, int alternation) =>
        load.Kind == LoadKind.Echo
            ? RoundTripsAsync(load, size, seconds, alternation)
            : OneWayAsync(load, size, seconds, alternation);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _sink.DisposeAsync();
    }

    private async Task<Measurement> OneWayAsync(TunnelLoad load, int size, double seconds, int alternation)
    {
        var begin = new ChildCommand { Verb = ChildVerb.Begin, Load = load.Kind, Size = size, Sealed = load.Sealed };
        await _sink.AskAsync(begin);
        await _source.AskAsync(begin);
        await Task.Delay(WarmUp);
        var machine = ProcessorTime.Now();
        var first = await MarkAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var last = await MarkAsync();
        while (last.Sink.Load.Messages == first.Sink.Load.Messages && last.Sink.Seconds - first.Sink.Seconds < LongestSilence)
        {
            // A short turn on a busy machine: there is no rate before something has arrived.
            await Task.Delay(WarmUp);
            last = await MarkAsync();
        }

        var others = ProcessorTime.Now().OthersPercentSince(machine, CpuBetween(first, last));
        await _source.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        await _sink.AskAsync(new ChildCommand { Verb = ChildVerb.End });

        var measured = Measurement.Of(load.Name, alternation, first, last, others);
        if (load.SourceRole != ChildRoles.UdpSource)
        {
            return measured;
        }

        var sent = last.Source.Load.Packets - first.Source.Load.Packets;
        var taken = last.Sink.Load.Packets - first.Sink.Load.Packets;
        return measured with { LostPercent = Measurement.Rounded(Math.Max(0, 100.0 * (sent - taken) / sent)) };
    }

    private async Task<Measurement> RoundTripsAsync(TunnelLoad load, int size, double seconds, int alternation)
    {
        var begin = new ChildCommand { Verb = ChildVerb.Begin, Load = load.Kind, Size = size };
        await _sink.AskAsync(begin);
        var machine = ProcessorTime.Now();
        var first = await MarkAsync();
        var asked = await _source.AskAsync(
            begin with { Verb = ChildVerb.RoundTrips, Seconds = seconds }, TimeSpan.FromSeconds(seconds));
        var last = await MarkAsync();
        var others = ProcessorTime.Now().OthersPercentSince(machine, CpuBetween(first, last));
        await _sink.AskAsync(new ChildCommand { Verb = ChildVerb.End });

        var latencies = asked.Latencies!;
        return new Measurement
        {
            Name = load.Name,
            Alternation = alternation,
            MessagesPerSecond = Measurement.Rounded(latencies.Count / seconds),
            P50Us = Measurement.Rounded(latencies.P50),
            P99Us = Measurement.Rounded(latencies.P99),
            P999Us = Measurement.Rounded(latencies.P999),
            OthersCpuPercent = Measurement.Rounded(others),
        };
    }

    private async Task<(Mark Source, Mark Sink)> MarkAsync()
    {
        var mark = new ChildCommand { Verb = ChildVerb.Mark };
        var sink = await _sink.AskAsync(mark);
        var source = await _source.AskAsync(mark);
        return (source.Mark!, sink.Mark!);
    }

    private static double CpuBetween((Mark Source, Mark Sink) first, (Mark Source, Mark Sink) last) =>
        last.Source.CpuSeconds - first.Source.CpuSeconds + last.Sink.CpuSeconds - first.Sink.CpuSeconds;
}
