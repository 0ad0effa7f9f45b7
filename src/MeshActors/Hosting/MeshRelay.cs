using System;
using System.Collections.Generic;

namespace MeshActors.Hosting;

/// <summary>A relay that a node keeps a lease at, so that peers reach it where no direct path is found, and until one is.</summary>
/// <param name="Endpoints">1 to 8 places it may be reached at, as <c>relay.example:7444</c> or <c>192.0.2.7:7444</c>.</param>
/// <param name="Root">Its root key, 52 characters of base32; null when the fleet secret admits it.</param>
public sealed record MeshRelay(IReadOnlyList<string> Endpoints, string? Root = null)
{
    /// <summary>Where it takes connections for when UDP does not get through, as <c>wss://relay.example/mesh</c>; null for nowhere.</summary>
    public Uri? WebSocket { get; init; }
}
