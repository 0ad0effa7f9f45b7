using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Relay;

/// <summary>A relay that a node may use, as the directory or its configuration names it.</summary>
/// <param name="Relay">Its address.</param>
/// <param name="FailureDomain">What fails with it: its region, or its operator's name for a site; empty is a domain of its own.</param>
internal readonly record struct RelayCandidate(MeshAddress Relay, string FailureDomain);
