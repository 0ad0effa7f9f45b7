using System.Collections.Immutable;
using System.Net;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Where an engine listens and how its tunnels behave.</summary>
/// <param name="Binds">Endpoints to bind, at least one; port 0 picks a free port.</param>
/// <param name="Tunnels">Times and bounds of the tunnels.</param>
internal sealed record EngineSettings(ImmutableArray<IPEndPoint> Binds, TunnelSettings Tunnels);
