using System;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using MeshActors.NatLab.Nodes;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab.Matrix;

/// <summary>Two real nodes talk, fifty messages a second each way, and something dies.</summary>
internal sealed class CutRun
{
    private const double LongestGapMs = 1_000;

    private static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TalkBefore = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TalkAfter = TimeSpan.FromSeconds(6);

    /// <summary>How long an error may take: a tunnel is tried again for a while, as it was told.</summary>
    private static readonly TimeSpan ErrorWithin = LabFleet.ReconnectTimeout + TimeSpan.FromSeconds(15);

    private readonly LabFleet _fleet;
    private readonly Harm _harm;

    public CutRun(LabFleet fleet, Harm harm)
    {
        _fleet = fleet;
        _harm = harm;
    }

    private (NatKind A, NatKind B) Kinds => _harm switch
    {
        Harm.NodeMoves => (NatKinds.Open, NatKinds.PortRestricted),
        Harm.RelayDies => (NatKinds.RandomSymmetric, NatKinds.RandomSymmetric),
        _ => (NatKinds.PortRestricted, NatKinds.PortRestricted),
    };

    public async Task<CutLine> RunAsync(int run)
    {
        await using var pair = await LabPair.StartAsync(_fleet, Kinds.A, Kinds.B);
        await pair.TalkAsync();
        await pair.BecomeDirectAsync(DirectWithin);
        await Task.Delay(TalkBefore, Clock.System.Provider);
        _ = await pair.A.ReportAsync();
        _ = await pair.B.ReportAsync();
        var before = pair.A.Path?.Path;
        Do(pair.SiteA, pair.SiteB);
        var line = await WatchAsync(run, before, pair.A, pair.B);
        if (_harm is Harm.CutBetween or Harm.CutOneWay or Harm.EverythingDies)
        {
            _fleet.Internet.Mend();
        }

        return line;
    }

    private void Do(LabSite siteA, LabSite siteB)
    {
        switch (_harm)
        {
            case Harm.CutBetween:
                _fleet.Internet.Cut(siteA, siteB, bothWays: true);
                break;
            case Harm.CutOneWay:
                _fleet.Internet.Cut(siteA, siteB, bothWays: false);
                break;
            case Harm.NodeMoves:
                var address = siteA.Outside.GetAddressBytes();
                address[1]++;
                _fleet.Internet.Move(siteA, LabPair.NameA, new IPAddress(address));
                break;
            case Harm.RelayDies:
                _fleet.Relays[0].Kill();
                break;
            default:
                _fleet.Internet.Cut(siteA, siteB, bothWays: true);
                foreach (var relay in _fleet.Relays)
                {
                    relay.Kill();
                }

                break;
        }
    }

    private async Task<CutLine> WatchAsync(int run, string? before, NodeProcess a, NodeProcess b)
    {
        string? error = null;
        if (_harm == Harm.EverythingDies)
        {
            error = (await a.WaitAsync(NodeEvent.Failed, ErrorWithin))?.Error;
        }
        else
        {
            await Task.Delay(TalkAfter, Clock.System.Provider);
            error = a.Events.Concat(b.Events).LastOrDefault(happened => happened.Kind == NodeEvent.Failed)?.Error;
        }

        var figures = new[] { await a.ReportAsync(), await b.ReportAsync() };
        var gap = figures.Max(side => side?.WorstGapMs ?? double.PositiveInfinity);
        return new CutLine(
            "cut", _harm.ToString(), run, before, a.Path?.Path, Math.Round(gap, 1), figures.Min(side => side?.Heard ?? 0), error,
            Mismatch(before, gap, figures, error));
    }

    private string? Mismatch(string? before, double gap, NodeEvent?[] figures, string? error)
    {
        if ((before == LabPair.Relayed) != (_harm == Harm.RelayDies))
        {
            return $"the path before was {before}";
        }

        if (figures.Any(side => side is not { Heard: > 0, Wrong: 0 }))
        {
            return $"numbers were missing or doubled: {figures[0]?.Wrong} and {figures[1]?.Wrong}";
        }

        return _harm == Harm.EverythingDies
            ? error is null ? "no error" : !error.Contains("tried", StringComparison.Ordinal) ? "the error does not say what was tried" : null
            : error is not null ? "an error" : gap > LongestGapMs ? $"nothing came for {gap:0} ms" : null;
    }
}
