using System;

namespace MeshActors.TestKit.Nat;

/// <summary>How much two hosts may try where a port cannot be foretold, and how far that takes them.</summary>
/// <remarks>
/// The protocol allows 200 probes a second, 256 sockets, and 10 s where the ports to look among are a known block. All chances are below 1: what
/// rests on guesses is never certain.
/// </remarks>
/// <param name="Sockets">Sockets that one side opens.</param>
/// <param name="Probes">Packets by which one side tries ports, or makes mappings.</param>
/// <param name="ProbesPerSecond">At most so many a second.</param>
internal sealed record ProbeCaps(int Sockets = 256, int Probes = 2_000, int ProbesPerSecond = 200)
{
    private const double AlmostOne = 1 - 1e-9;

    /// <summary>Of the mappings that a host can have, this part is for the search: the others are in use.</summary>
    private const double FreeMappings = 0.75;

    /// <summary>Chance that probes of one side hit one of the other's sockets, all of which wait for the probing side.</summary>
    /// <param name="target">Whose ports are guessed.</param>
    public double OfHit(BoxBehaviour target)
    {
        var ports = target.PortCandidates;
        var sockets = SocketsOf(target);
        var miss = 1.0;
        for (var probe = 0; probe < Math.Min(Probes, ports - sockets + 1); probe++)
        {
            miss *= 1 - ((double)sockets / (ports - probe));
        }

        return Math.Min(1 - miss, AlmostOne);
    }

    /// <summary>Chance that the port of one socket is among those that were tried from one socket.</summary>
    /// <param name="target">Whose port is guessed.</param>
    public double OfTrying(BoxBehaviour target) => Math.Min((double)Probes / target.PortCandidates, AlmostOne);

    /// <summary>The same where each try takes a mapping of the side that tries.</summary>
    /// <param name="trying">Who tries.</param>
    /// <param name="target">Whose port is guessed.</param>
    public double OfMapping(BoxBehaviour trying, BoxBehaviour target) =>
        Math.Min((double)MappingsOf(trying) / target.PortCandidates, AlmostOne);

    /// <summary>Chance of a match where each mapping of either side serves one remote port alone.</summary>
    /// <param name="guessed">A side whose ports are guessed.</param>
    /// <param name="other">The other, whose ports are foretold, or guessed as well.</param>
    /// <remarks>
    /// The first side's mappings go from as many sockets as it has to a few ports of the other; of those the other side needs a mapping that goes
    /// to one of the first side's.
    /// </remarks>
    public double OfMatch(BoxBehaviour guessed, BoxBehaviour other)
    {
        var mappings = MappingsOf(guessed);
        var sockets = Math.Min(SocketsOf(guessed), mappings);
        var each = (double)sockets / guessed.PortCandidates * (other.PortCandidates == 1 ? 1 : OfMapping(other, other));
        return Math.Min(1 - Math.Pow(1 - each, mappings / sockets), AlmostOne);
    }

    /// <summary>Sockets whose mappings exist at once: each is refreshed by a packet before it expires.</summary>
    private int SocketsOf(BoxBehaviour side)
    {
        var refreshed = side.Expiry.TotalSeconds * ProbesPerSecond;
        return (int)Math.Max(1, Math.Min(Math.Min(Sockets, side.PortCandidates), Math.Min(refreshed, MappingsOf(side))));
    }

    private int MappingsOf(BoxBehaviour side) => (int)Math.Max(1, Math.Min(Probes, side.Capacity * FreeMappings));
}
