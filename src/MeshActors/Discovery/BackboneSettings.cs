using System.Collections.Immutable;
using System.Linq;
using System.Net;
using MeshActors.Capabilities;
using MeshActors.Transport.Identity;

namespace MeshActors.Discovery;

/// <summary>A directory this node registers at and asks.</summary>
/// <param name="Name">How logs and commands call it, kebab-case; also the name of its actor.</param>
/// <param name="Endpoints">Where it listens, at least one; host names are resolved at each attempt.</param>
/// <param name="Root">The root key that must answer; null takes any member of the fleet.</param>
/// <param name="Publish">Which capabilities are published there; none publishes only that the node is there.</param>
internal sealed record BackboneSettings(
    string Name, ImmutableArray<DnsEndPoint> Endpoints, RootKey? Root, ImmutableArray<NamePattern> Publish)
{
    /// <summary>True when a capability of that name is published there.</summary>
    public bool Publishes(CapabilityDescriptor descriptor) => Publish.Any(pattern => pattern.Matches(descriptor.Name));
}
