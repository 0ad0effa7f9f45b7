namespace MeshActors.Transport.Remoting;

/// <summary>The section <c>akka.remote.mesh.nat</c>: what a node does to be reached directly behind NATs.</summary>
/// <param name="PortMapping">Whether the gateway of the local network is asked to let others in to this node's port.</param>
/// <param name="Punching">Whether it takes part in guessing ports.</param>
internal sealed record NatSettings(bool PortMapping, bool Punching);
