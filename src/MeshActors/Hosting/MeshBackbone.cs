using System.Collections.Generic;

namespace MeshActors.Hosting;

/// <summary>A directory that a node registers in and asks.</summary>
/// <param name="Name">Its name on this node, once.</param>
/// <param name="Endpoints">1 to 16 places it may be reached at, as <c>mesh-backbone.internal:443</c> or <c>192.0.2.7:443</c>.</param>
/// <param name="Root">Its root key, 52 characters of base32; null when the fleet secret admits it.</param>
/// <param name="Publish">Capabilities that are published there; <c>*</c>, and null, is all.</param>
public sealed record MeshBackbone(
    string Name, IReadOnlyList<string> Endpoints, string? Root = null, IReadOnlyList<string>? Publish = null);
