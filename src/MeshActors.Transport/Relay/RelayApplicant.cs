using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Relay;

/// <summary>Who asks for a lease, as the tunnel proved it.</summary>
/// <param name="Address">Of its certificate, derived from its root.</param>
/// <param name="Root">Its root key.</param>
/// <param name="Roles">Of its certificate.</param>
/// <param name="IsAdmitted">True when this node's policy lets it use the relay.</param>
internal readonly record struct RelayApplicant(MeshAddress Address, RootKey Root, NodeRoles Roles, bool IsAdmitted);
