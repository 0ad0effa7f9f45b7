using System;

namespace MeshActors.Transport.Switching;

/// <summary>What the owner of connections is to do.</summary>
/// <param name="Number">Which connection.</param>
/// <param name="Target">Where it is to be opened; null when it is to be closed.</param>
internal readonly record struct ConnectionOrder(uint Number, Uri? Target);
