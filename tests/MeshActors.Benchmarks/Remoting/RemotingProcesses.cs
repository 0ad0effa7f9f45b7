using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>The processes of one transport, kept for all turns: one that plays ping pong with itself, and two that talk to each other.</summary>
internal sealed class RemotingProcesses : IAsyncDisposable
{
    private const int AskBytes = 100;
    private const int BulkBytes = 1024 * 1024;

    /// <summary>A load of which nothing came in its time, since others have the processors, is measured for longer, so many times its time at most.</summary>
    private const int MostTurns = 100;

    private const double PacedBytesPerSecond = 24 * 1024 * 1024;

    private readonly RemotingKind _kind;
    private readonly ChildLink _both;
    private readonly ChildLink _asking;
    private readonly ChildLink _answering;
    private string _askingAddress = string.Empty;

    private RemotingProcesses(RemotingKind kind)
    {
        _kind = kind;
        _both = ChildLink.Start(ChildRoles.OfRemoting(kind), ChildPlace.Loopback);
        _asking = ChildLink.Start(ChildRoles.OfRemoting(kind), ChildPlace.Loopback);
        _answering = ChildLink.Start(ChildRoles.OfRemoting(kind), ChildPlace.Loopback);
    }

    /// <summary>Starts them and lets those two know of each other.</summary>
    public static async Task<RemotingProcesses> StartAsync(RemotingKind kind, string secret)
    {
        var processes = new RemotingProcesses(kind);
        try
        {
            var open = new ChildCommand { Verb = ChildVerb.Open, Secret = secret };
            await processes._both.AskAsync(open);
            var answering = await processes._answering.AskAsync(open);
            var asking = await processes._asking.AskAsync(open with { Target = answering.Endpoint });
            processes._askingAddress = asking.Endpoint;
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pairs of actors that keep 50 messages each under way, in one process.</summary>
    public Task<RemotingLine> PingPongAsync(int clients, double seconds, int alternation) => RunAsync(
        new RemotingLine { Name = RemotingLine.PingPong, Transport = _kind, Clients = clients, Alternation = alternation },
        [_both],
        new ChildCommand { Verb = ChildVerb.Begin, Load = LoadKind.PingPong, Count = clients },
        seconds);

    /// <summary>Messages of 1 MiB, eight under way.</summary>
    public Task<RemotingLine> BulkAsync(double seconds, int alternation) => RunAsync(
        new RemotingLine { Name = RemotingLine.Bulk, Transport = _kind, Alternation = alternation },
        [_answering, _asking],
        new ChildCommand { Verb = ChildVerb.Begin, Load = LoadKind.OneWay, Size = BulkBytes },
        seconds);

    /// <summary>24 MiB/s in messages of 1 MiB, while both sides watch each other: how late heartbeats come.</summary>
    public async Task<RemotingLine> HeartbeatsAsync(double seconds, int alternation)
    {
        ChildLink[] links = [_answering, _asking];
        var begin = new ChildCommand
        {
            Verb = ChildVerb.Begin,
            Load = LoadKind.Heartbeats,
            Size = BulkBytes,
            BytesPerSecond = PacedBytesPerSecond,
            Target = _askingAddress,
        };
        foreach (var link in links)
        {
            await link.AskAsync(begin);
        }

        var machine = ProcessorTime.Now();
        var first = await MarkAsync(links);
        var measure = new ChildCommand { Verb = ChildVerb.Heartbeats, Seconds = seconds };
        var answers = await Task.WhenAll(links.Select(link => link.AskAsync(measure, TimeSpan.FromSeconds(seconds))));
        var last = await MarkAsync(links);
        var line = new RemotingLine { Name = RemotingLine.Heartbeats, Transport = _kind, Alternation = alternation };
        var measured = line.Between(first, last, machine) with
        {
            LateP50Ms = Measurement.Rounded(answers.Max(answer => answer.Latencies!.P50) / 1_000),
            LateP99Ms = Measurement.Rounded(answers.Max(answer => answer.Latencies!.P99) / 1_000),
            LateMaxMs = Measurement.Rounded(answers.Max(answer => answer.Latencies!.Max) / 1_000),
        };
        foreach (var link in links.Reverse())
        {
            await link.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        }

        return measured;
    }

    /// <summary>Questions of 100 bytes, each when the one before was answered.</summary>
    public Task<RemotingLine> AskAsync(double seconds, int alternation) =>
        AskAsync(new RemotingLine { Name = RemotingLine.Ask, Transport = _kind, Alternation = alternation }, seconds);

    /// <summary>The same while messages of 1 MiB go the same way between two other actors, eight under way.</summary>
    public async Task<RemotingLine> AsksBesideBulkAsync(double seconds, int alternation)
    {
        ChildLink[] links = [_answering, _asking];
        foreach (var link in links)
        {
            await link.AskAsync(new ChildCommand { Verb = ChildVerb.Begin, Load = LoadKind.OneWay, Size = BulkBytes });
        }

        var line = await AskAsync(new RemotingLine { Name = RemotingLine.AsksBesideBulk, Transport = _kind, Alternation = alternation }, seconds);
        foreach (var link in links.Reverse())
        {
            await link.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        }

        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await _both.DisposeAsync();
        await _asking.DisposeAsync();
        await _answering.DisposeAsync();
    }

    private async Task<RemotingLine> AskAsync(RemotingLine line, double seconds)
    {
        ChildLink[] links = [_answering, _asking];
        var machine = ProcessorTime.Now();
        var first = await MarkAsync(links);
        var asked = await _asking.AskAsync(
            new ChildCommand { Verb = ChildVerb.RoundTrips, Size = AskBytes, Seconds = seconds }, TimeSpan.FromSeconds(seconds));
        var last = await MarkAsync(links);
        var latencies = asked.Latencies!;
        return line.Between(first, last, machine).Costs(first, last, machine, latencies.Count) with
        {
            MessagesPerSecond = Measurement.Rounded(latencies.Count / seconds),
            P50Us = Measurement.Rounded(latencies.P50),
            P99Us = Measurement.Rounded(latencies.P99),
        };
    }

    private static async Task<RemotingLine> RunAsync(RemotingLine line, ChildLink[] links, ChildCommand begin, double seconds)
    {
        foreach (var link in links)
        {
            await link.AskAsync(begin);
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds / 4));
        var machine = ProcessorTime.Now();
        var first = await MarkAsync(links);
        var last = first;
        for (var turn = 0; turn < MostTurns && last[0].Load.Messages == first[0].Load.Messages; turn++)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            last = await MarkAsync(links);
        }

        var measured = line.Between(first, last, machine);
        foreach (var link in links.Reverse())
        {
            await link.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        }

        return measured;
    }

    private static async Task<IReadOnlyList<Mark>> MarkAsync(ChildLink[] links)
    {
        var marks = new List<Mark>();
        foreach (var link in links)
        {
            marks.Add((await link.AskAsync(new ChildCommand { Verb = ChildVerb.Mark })).Mark!);
        }

        return marks;
    }
}
