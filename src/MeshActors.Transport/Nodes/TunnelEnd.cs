namespace MeshActors.Transport.Nodes;

/// <summary>How a tunnel ended.</summary>
/// <param name="ByPeer">True when the peer closed it.</param>
/// <param name="Code">The code that was given, 0 when none was.</param>
/// <param name="Reason">For people, at most 256 bytes of UTF-8; the peer's own words when it closed the tunnel.</param>
public sealed record TunnelEnd(bool ByPeer, ulong Code, string Reason);
