using System.Collections.Immutable;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Identity;

/// <summary>Another node as one can dial it.</summary>
/// <param name="Certificate">Who it is; checked again in the handshake.</param>
/// <param name="Endpoints">Where it may be reached, best first.</param>
internal sealed record PeerRecord(NodeCertificate Certificate, ImmutableArray<UdpEndpoint> Endpoints)
{
    public MeshAddress Address => Certificate.Address;

    public RootKey Root => Certificate.Root;
}
