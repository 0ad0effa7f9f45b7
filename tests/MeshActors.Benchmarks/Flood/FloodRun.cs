using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Flood;

/// <summary><c>bench flood</c>: a tunnel at half of its maximum, while its node is flooded with first messages.</summary>
internal sealed class FloodRun
{
    private const int MessageBytes = 64 * 1024;
    private const int Addresses = 1_000;
    private const int ShortAddresses = 40;
    private const double FloodPacketsPerSecond = 50_000;

    /// <summary>In seconds; then it counts as nothing.</summary>
    private const double LongestSilence = 10;

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPreparation = TimeSpan.FromMinutes(2);

    private readonly BenchArguments _arguments;
    private readonly ChildLink _node;
    private readonly ChildLink _peer;
    private readonly List<FloodLine> _lines = [];

    private FloodRun(BenchArguments arguments, ChildLink node, ChildLink peer)
    {
        _arguments = arguments;
        _node = node;
        _peer = peer;
    }

    /// <returns>Exit code 0 when it was measured, else 1.</returns>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        if (arguments.Source.NetworkNamespace.Length == 0)
        {
            throw new BenchException("A flood needs network namespaces of its own: start it by scripts/bench.sh flood, as root.");
        }

        Lines.Print(RunEnvironment.Of(
            "flood", arguments.Commit, arguments.Network, arguments.Seconds, arguments.Alternations));
        await using var node = ChildLink.Start(ChildRoles.TunnelServer, arguments.Sink);
        await using var peer = ChildLink.Start(ChildRoles.TunnelClient, arguments.Sink);
        return await new FloodRun(arguments, node, peer).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        var open = new ChildCommand { Verb = ChildVerb.Open, Secret = FreshSecret.Text() };
        var listening = await _node.AskAsync(open);
        open = open with { Target = listening.Endpoint, Certificate = listening.Certificate };
        await _peer.AskAsync(open);
        await MeasureRateAsync(bytesPerSecond: 0);
        var most = 0.0;
        for (var i = 0; i < _arguments.Alternations; i++)
        {
            most = Math.Max(most, await MeasureRateAsync(bytesPerSecond: 0));
        }

        foreach (var scenario in (string[])[FloodLine.Spoofed, FloodLine.Real])
        {
            await using var source = ChildLink.Start(ChildRoles.FloodSource, _arguments.Source);
            await source.AskAsync(
                open with { Count = _arguments.IsShort ? ShortAddresses : Addresses, Sealed = scenario == FloodLine.Real }, LongestPreparation);
            for (var alternation = 1; alternation <= _arguments.Alternations; alternation++)
            {
                var line = await MeasureFloodAsync(source, scenario, alternation, most);
                _lines.Add(line);
                Lines.Print(line);
            }
        }

        var summary = FloodSummary.Of(_lines);
        Lines.Print(summary);
        return summary.Faults == 0 ? 0 : 1;
    }

    /// <summary>One turn: the tunnel alone, then beside the flood.</summary>
    private async Task<FloodLine> MeasureFloodAsync(ChildLink source, string scenario, int alternation, double most)
    {
        var half = most / 2;
        await BeginAsync(half);
        await Task.Delay(Settling);
        var before = await MeasureAsync();
        var memoryBefore = await MemoryAsync();
        var dropsBefore = await DropsAsync();

        await source.AskAsync(new ChildCommand { Verb = ChildVerb.Begin, PacketsPerSecond = FloodPacketsPerSecond });
        await Task.Delay(Settling);
        var during = await MeasureAsync();
        var counts = (await source.AskAsync(new ChildCommand { Verb = ChildVerb.End })).Flood!;
        var memoryAfter = await MemoryAsync();
        var drops = await DropsAsync();
        await EndAsync();
        return new FloodLine
        {
            Scenario = scenario,
            Alternation = alternation,
            MaximumMegabytesPerSecond = Measurement.Rounded(most / 1e6),
            BeforeMegabytesPerSecond = Measurement.Rounded(before.BytesPerSecond / 1e6),
            DuringMegabytesPerSecond = Measurement.Rounded(during.BytesPerSecond / 1e6),
            Kept = Measurement.Rounded(during.BytesPerSecond / before.BytesPerSecond),
            NodeCpuPercentBefore = Measurement.Rounded(before.CpuPercent),
            NodeCpuPercentDuring = Measurement.Rounded(during.CpuPercent),
            FloodPacketsPerSecond = Measurement.Rounded(
                counts.PacketsIn / (_arguments.Seconds + Settling.TotalSeconds)),
            Flood = counts,
            Dropped = drops.ToDictionary(
                drop => drop.Key, drop => drop.Value - dropsBefore.GetValueOrDefault(drop.Key)),
            ManagedBytesBefore = memoryBefore.ManagedBytes,
            ManagedBytesAfter = memoryAfter.ManagedBytes,
            ResidentBytesBefore = memoryBefore.ResidentBytes,
            ResidentBytesAfter = memoryAfter.ResidentBytes,
            Faults = during.Faults,
        };
    }

    private async Task<double> MeasureRateAsync(double bytesPerSecond)
    {
        await BeginAsync(bytesPerSecond);
        await Task.Delay(Settling);
        var measured = await MeasureAsync();
        await EndAsync();
        return measured.BytesPerSecond;
    }

    private async Task BeginAsync(double bytesPerSecond)
    {
        var begin = new ChildCommand { Verb = ChildVerb.Begin, Size = MessageBytes, BytesPerSecond = bytesPerSecond };
        await _node.AskAsync(begin);
        await _peer.AskAsync(begin);
    }

    private async Task EndAsync()
    {
        await _peer.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        await _node.AskAsync(new ChildCommand { Verb = ChildVerb.End });
    }

    private async Task<(double BytesPerSecond, double CpuPercent, long Faults)> MeasureAsync()
    {
        var mark = new ChildCommand { Verb = ChildVerb.Mark };
        var first = (await _node.AskAsync(mark)).Mark!;
        await Task.Delay(TimeSpan.FromSeconds(_arguments.Seconds));
        var last = (await _node.AskAsync(mark)).Mark!;
        while (last.Load.Messages == first.Load.Messages && last.Seconds - first.Seconds < LongestSilence)
        {
            await Task.Delay(Settling);
            last = (await _node.AskAsync(mark)).Mark!;
        }

        var seconds = last.Seconds - first.Seconds;
        return (
            (last.Load.Bytes - first.Load.Bytes) / seconds,
            100 * (last.CpuSeconds - first.CpuSeconds) / seconds,
            last.Load.Faults);
    }

    private async Task<MemoryUse> MemoryAsync() =>
        (await _node.AskAsync(new ChildCommand { Verb = ChildVerb.Memory })).Memory!;

    private async Task<IReadOnlyDictionary<string, long>> DropsAsync() =>
        (await _node.AskAsync(new ChildCommand { Verb = ChildVerb.Drops })).Drops;
}
