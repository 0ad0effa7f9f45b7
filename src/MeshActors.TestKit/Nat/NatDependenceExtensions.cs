using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Nat;

/// <summary>What is left of an endpoint when only that part counts which a box looks at.</summary>
internal static class NatDependenceExtensions
{
    public static UdpEndpoint PartOf(this NatDependence dependence, UdpEndpoint remote) => dependence switch
    {
        NatDependence.EndpointIndependent => default,
        NatDependence.AddressDependent => remote with { Port = 0 },
        _ => remote,
    };
}
