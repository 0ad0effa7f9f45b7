using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>How outside ports follow each other.</summary>
internal enum PortOrder
{
    /// <summary>Each is the inside port.</summary>
    Preserved,

    /// <summary>Each is the last one plus the same small step.</summary>
    Sequential,

    /// <summary>Neither.</summary>
    Random,
}

/// <summary>What a prober found out about a way to the internet, in the words of RFC 4787.</summary>
/// <param name="Mapping">What of the destination decides the outside endpoint.</param>
/// <param name="Filtering">What of the source has to be an earlier destination.</param>
/// <param name="Ports">How the ports of mappings follow each other.</param>
/// <param name="Hairpin">Whether a packet to an outside endpoint of the same host comes back to it.</param>
internal sealed record NatFigures(NatDependence Mapping, NatDependence Filtering, PortOrder Ports, bool Hairpin);
