using System.Linq;
using MeshActors.Capabilities;
using MeshActors.Peers;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Tasks;

/// <summary>A node that may do a task.</summary>
/// <param name="Peer">Whom to dial; null for this very node.</param>
/// <param name="Address">Its address.</param>
/// <param name="Capability">What it says about the capability that was asked for, in the newest version that fits.</param>
internal sealed record TaskCandidate(PeerRecord? Peer, MeshAddress Address, CapabilityDescriptor Capability)
{
    /// <summary>A peer, in the newest version of what was asked for.</summary>
    public static TaskCandidate Of(PeerCandidate peer) =>
        new(peer.Peer, peer.Peer.Address, peer.Capabilities.MaxBy(capability => capability.Version)!);
}
