using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;

namespace MeshActors.Transport.Remoting;

/// <summary>The engine tells where this node may be reached now, and how the NATs before it behave.</summary>
internal sealed record PlaceChanged(LocalCandidates Candidates);

/// <summary>Asks what is known of the NATs before this node; answered by <see cref="NatDescribed"/>.</summary>
internal sealed record DescribeNat
{
    public static readonly DescribeNat Instance = new();

    private DescribeNat()
    {
    }
}

/// <summary>What is known of the NATs before this node.</summary>
/// <param name="Behaviour">How they behave; null while that is not known.</param>
/// <param name="Mapped">Public endpoints that gateways map to this node.</param>
/// <param name="Seen">Where relays see this node.</param>
internal sealed record NatDescribed(
    NatBehaviour? Behaviour, ImmutableArray<UdpEndpoint> Mapped, ImmutableArray<UdpEndpoint> Seen);
