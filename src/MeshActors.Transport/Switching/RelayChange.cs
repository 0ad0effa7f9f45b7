using MeshActors.Transport.Addressing;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>How this node stands with a relay since the last change.</summary>
/// <param name="Relay">The relay.</param>
/// <param name="State">What became of the lease.</param>
/// <param name="Refusal">Why the relay gave none, when it said so.</param>
/// <param name="Attested">Where the relay sees this node; default before it said so.</param>
/// <param name="IsReserve">Whether the node was not told of the relay: it is a mutual peer that stands in for those it was told of.</param>
internal readonly record struct RelayChange(
    MeshAddress Relay, RelayClientState State, RelayRefusal Refusal, UdpEndpoint Attested, bool IsReserve);
