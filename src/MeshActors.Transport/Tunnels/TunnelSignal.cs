namespace MeshActors.Transport.Tunnels;

/// <summary>Something that came in a tunnel and concerns relays, or that its path in use is another.</summary>
/// <param name="Tunnel">Where.</param>
/// <param name="Type">Type of the frame about a lease; 0 when the path in use is another.</param>
/// <param name="Content">The frame's; it may hold keys, and belongs to the reader.</param>
internal readonly record struct TunnelSignal(Tunnel Tunnel, ulong Type, byte[] Content);
