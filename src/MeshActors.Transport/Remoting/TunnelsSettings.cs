using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>How many tunnels a node keeps and how each is supervised.</summary>
/// <param name="MaxTunnels">Tunnels at most, at least 1.</param>
/// <param name="Supervision">How failed ones are tried again.</param>
internal sealed record TunnelsSettings(int MaxTunnels, TunnelSupervisionSettings Supervision);
