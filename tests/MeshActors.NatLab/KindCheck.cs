using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Stun;

namespace MeshActors.NatLab;

/// <summary>Holds what was measured of a kind against what the simulator's kind of that name does, and against what nodes find out.</summary>
internal static class KindCheck
{
    /// <summary>The simulator leaves some things to chance: a few of a kind show which.</summary>
    private const int Variations = 16;

    /// <returns>What is otherwise, null when nothing is.</returns>
    public static string? Mismatch(NatKind kind, NatFigures? measured)
    {
        var random = new SimRandom(1);
        var simulated = Enumerable.Range(0, Variations).Select(_ => kind.Create(random).Behaviour(overIPv4: true)!).ToList();
        if (measured is null || simulated[0].BlocksUdp)
        {
            return (measured is null) == simulated[0].BlocksUdp ? null : "one lets UDP pass, the other does not";
        }

        return simulated.All(one => one.Mapping != measured.Mapping) ? $"the simulator maps as {simulated[0].Mapping}"
            : simulated.All(one => one.Filtering != measured.Filtering) ? $"the simulator filters as {simulated[0].Filtering}"
            : simulated.All(one => Order(one) != measured.Ports) ? $"ports of the simulator are {Order(simulated[0])}"
            : null;
    }

    /// <summary>Holds what the project's own discovery found against what was measured.</summary>
    /// <returns>What is otherwise, null when nothing is.</returns>
    public static string? Mismatch(NatFigures? measured, NatBehaviour discovered)
    {
        var isBlocked = (discovered.Flags & NatFlags.UdpBlocked) != 0;
        if (measured is null || isBlocked)
        {
            return (measured is null) == isBlocked ? null : "discovery is wrong about UDP";
        }

        return discovered.Mapping.ToString() != measured.Mapping.ToString() ? $"discovery says that it maps as {discovered.Mapping}"
            : discovered.Filtering.ToString() != measured.Filtering.ToString() ? $"discovery says that it filters as {discovered.Filtering}"
            : Order(discovered.Ports.Pattern) != measured.Ports ? $"discovery says that ports are {discovered.Ports}"
            : ((discovered.Flags & NatFlags.Hairpin) != 0) != measured.Hairpin ? "discovery is wrong about hairpin"
            : null;
    }

    private static PortOrder? Order(PortPattern pattern) => pattern switch
    {
        PortPattern.Preserving => PortOrder.Preserved,
        PortPattern.Sequential => PortOrder.Sequential,
        PortPattern.Random => PortOrder.Random,
        _ => null,
    };

    private static PortOrder Order(BoxBehaviour behaviour) =>
        behaviour.KeepsPort ? PortOrder.Preserved
        : behaviour.PortCandidates == 1 ? PortOrder.Sequential
        : PortOrder.Random;
}
