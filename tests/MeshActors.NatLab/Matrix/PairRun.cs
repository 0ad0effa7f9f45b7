using System;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.NatLab.Nodes;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;

namespace MeshActors.NatLab.Matrix;

/// <summary>Two real nodes behind NATs of two kinds that know each other by their relays alone: what path they find, and when.</summary>
internal sealed class PairRun
{
    private const string Direct = "direct";
    private const string Relayed = LabPair.Relayed;
    private const string None = "none";

    private static readonly TimeSpan FirstWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CertainWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LikelyWithin = TimeSpan.FromSeconds(15);

    /// <summary>How long a pair is looked at that has no direct path.</summary>
    private static readonly TimeSpan NeverWithin = TimeSpan.FromSeconds(6);

    /// <summary>Processes of one machine that is busy: so much later than the bound is put down to it.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(250);

    private readonly LabFleet _fleet;
    private readonly NatKind _kindA;
    private readonly NatKind _kindB;

    public PairRun(LabFleet fleet, NatKind kindA, NatKind kindB)
    {
        _fleet = fleet;
        _kindA = kindA;
        _kindB = kindB;
        var random = new SimRandom(1);
        Oracle = DirectPathOracle.DirectPathPossible(kindA.Create(random), kindB.Create(random));
    }

    /// <summary>What the oracle says.</summary>
    public DirectPath Oracle { get; }

    private string Expected => Oracle == DirectPath.No ? Relayed : Direct;

    /// <summary>Plays it.</summary>
    /// <param name="run">Its number.</param>
    public async Task<MatrixLine> RunAsync(int run)
    {
        try
        {
            await using var pair = await LabPair.StartAsync(_fleet, _kindA, _kindB);
            return await TalkAsync(run, pair);
        }
        catch (InvalidOperationException failure)
        {
            return Line(run, None, null, null, failure.Message);
        }
    }

    private async Task<MatrixLine> TalkAsync(int run, LabPair pair)
    {
        var (a, b) = (pair.A, pair.B);
        await pair.TalkAsync();
        var begun = await a.WaitAsync(NodeEvent.Begun, FirstWithin);
        var first = await a.WaitAsync(NodeEvent.First, FirstWithin);
        if (begun is null || first is null)
        {
            var error = a.Events.LastOrDefault(happened => happened.Kind == NodeEvent.Failed)?.Error;
            return Line(run, None, null, null, $"nothing came within {FirstWithin.TotalSeconds} s: {error}");
        }

        var within = Oracle switch
        {
            DirectPath.Yes => CertainWithin,
            DirectPath.Likely => LikelyWithin,
            _ => NeverWithin,
        };
        await pair.BecomeDirectAsync(within + Lateness);
        var isDirect = pair.IsDirect;
        double? took = isDirect ? Milliseconds(begun, a.Path!.At > b.Path!.At ? a.Path : b.Path) : null;
        _ = await b.WaitAsync(NodeEvent.First, FirstWithin);
        var (heardA, heardB) = (await a.ReportAsync(), await b.ReportAsync());
        var path = isDirect ? Direct : Relayed;
        var mismatch = path != Expected ? $"expected {Expected}"
            : heardA is not { Heard: > 0, Wrong: 0 } || heardB is not { Heard: > 0, Wrong: 0 }
                ? $"heard {heardA?.Heard} and {heardB?.Heard} numbers, wrong {heardA?.Wrong} and {heardB?.Wrong}"
                : null;
        return Line(run, path, Milliseconds(begun, first), took, mismatch);
    }

    private MatrixLine Line(int run, string path, double? first, double? direct, string? mismatch) => new(
        "pair", _kindA.Name, _kindB.Name, Oracle.ToString(), run, path, Expected, first, direct, mismatch);

    private static double Milliseconds(NodeEvent from, NodeEvent to) => Math.Round((to.At - from.At) / 1e6, 1);
}
