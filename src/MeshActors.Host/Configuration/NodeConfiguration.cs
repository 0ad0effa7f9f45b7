namespace MeshActors.Host.Configuration;

/// <summary>What a node starts with.</summary>
/// <param name="Mesh">The node's own settings.</param>
/// <param name="Akka">The user's section <c>akka</c> as HOCON that Akka's parser reads without surprise; empty when there is none.</param>
internal sealed record NodeConfiguration(MeshSettings Mesh, string Akka);
