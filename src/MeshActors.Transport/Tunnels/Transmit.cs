using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Tunnels;

/// <summary>How a datagram is to be sent.</summary>
/// <param name="To">Where it goes.</param>
/// <param name="Alone">True when it must not share a call to the system with others: one that is too large for the path must fail alone.</param>
/// <param name="Ecn">True when it is to carry the mark ECT(0).</param>
internal readonly record struct Transmit(UdpEndpoint To, bool Alone, bool Ecn)
{
    /// <summary>Routers that it may pass: 0 for what the system sends with, else few, so that it opens this side's NATs and comes no further. Such a one is always <see cref="Alone"/>.</summary>
    public byte Ttl { get; init; }
}
