using MeshActors.Capabilities;

namespace MeshActors.Discovery;

/// <summary>Who can do it?</summary>
/// <param name="Capability">Name of the capability, kebab-case.</param>
/// <param name="Filter">What else is asked for.</param>
internal sealed record RecordQuestion(string Capability, CapabilityFilter Filter);
