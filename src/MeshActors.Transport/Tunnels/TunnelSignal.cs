namespace MeshActors.Transport.Tunnels;

/// <summary>Something that came in a tunnel and concerns the node, or that its path in use is another.</summary>
/// <param name="Tunnel">Where.</param>
/// <param name="Type">Type of the frame: about a lease, or an attempt to get through NATs, or CANDIDATES when a new list was taken; 0 when the path in use is another.</param>
/// <param name="Content">The frame's, empty for CANDIDATES; it may hold keys, and belongs to the reader.</param>
internal readonly record struct TunnelSignal(Tunnel Tunnel, ulong Type, byte[] Content);
