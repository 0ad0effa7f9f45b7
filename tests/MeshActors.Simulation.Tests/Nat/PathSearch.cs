using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Looks for a direct path by trying everything: all plans of two probers, packet by packet, in the simulated internet.</summary>
/// <remarks>
/// A plan has two phases; in each, each side sends from one socket to one kind of target. A path is certain when one plan finds it for every seed
/// without trying ports; likely, when one finds it in at least 95 % of seeds where the boxes have 16 ports and one socket may try all of them.
/// </remarks>
internal static class PathSearch
{
    private const int SmallPorts = 16;
    private const int FirstSmallPort = 5_000;
    private const int CertainSeeds = 12;
    private const int LikelySeeds = 60;

    /// <summary>What a plan tries at most, in the words of the oracle.</summary>
    private static readonly ProbeCaps Caps = new(Sockets: 1, Probes: SmallPorts);

    private static readonly ProbeTarget[] Certain = [ProbeTarget.Reflexive, ProbeTarget.Next, ProbeTarget.Somewhere, ProbeTarget.Host];
    private static readonly ProbeTarget[] Guessing = [ProbeTarget.Reflexive, ProbeTarget.Next, ProbeTarget.Somewhere, ProbeTarget.AllPorts];

    /// <summary>What is found between two hosts, and what the oracle says of the same.</summary>
    public static (DirectPath Found, DirectPath Said) Compare(NatAccess a, NatAccess b, int shared = 0)
    {
        if (Plans(Certain).Any(plan => Holds(plan, a, b, shared, CertainSeeds, mostFailures: 0)))
        {
            return (DirectPath.Yes, DirectPathOracle.DirectPathPossible(a, b, shared));
        }

        var (smallA, smallB) = (Small(a), Small(b));
        var likely = Plans(Guessing).Any(plan => Holds(plan, smallA, smallB, shared, LikelySeeds, LikelySeeds / 20));
        return (likely ? DirectPath.Likely : DirectPath.No, DirectPathOracle.DirectPathPossible(smallA, smallB, shared, Caps));
    }

    /// <summary>Plays a plan for one seed after the other, until it fails too often.</summary>
    private static bool Holds(ProbePlan plan, NatAccess a, NatAccess b, int shared, int seeds, int mostFailures)
    {
        var failures = 0;
        for (var seed = 1; seed <= seeds; seed++)
        {
            if (!new ProbePair((ulong)seed, a, b, shared).Play(plan))
            {
                failures++;
                if (failures > mostFailures || failures > 3 + (seed / 10))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static IEnumerable<ProbePlan> Plans(ProbeTarget[] targets)
    {
        var first = Actions(targets).ToList();
        var second = Actions([ProbeTarget.Heard, .. targets]).ToList();
        return from a1 in first
               from b1 in first
               from a2 in second
               where MayFollow(a1, a2)
               from b2 in second
               where MayFollow(b1, b2)
               select new ProbePlan([(a1, b1), (a2, b2)]);
    }

    /// <summary>Who tries all ports does so from one socket: another one would try its luck again.</summary>
    private static bool MayFollow(ProbeAction first, ProbeAction second) => first.Target != ProbeTarget.AllPorts || !second.Fresh;

    private static IEnumerable<ProbeAction> Actions(IEnumerable<ProbeTarget> targets) =>
        from target in targets from fresh in (bool[])[false, true] select new ProbeAction(target, fresh);

    private static NatAccess Small(NatAccess access) => access with
    {
        Boxes = [.. access.Boxes.Select(box => box switch
        {
            NatSettings nat => Small(nat),
            Nat64Settings nat64 => new Nat64Settings(Small(nat64.Nat)),
            _ => box,
        })],
    };

    private static NatSettings Small(NatSettings nat) => nat with
    {
        Allocation = nat.Allocation with
        {
            First = FirstSmallPort,
            Last = FirstSmallPort + SmallPorts - 1,
            BlockSize = nat.Allocation.Choice == PortChoice.Block ? SmallPorts : 0,
        },
    };
}
