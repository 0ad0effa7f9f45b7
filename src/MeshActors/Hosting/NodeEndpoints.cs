using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Hosting;

/// <summary>Where others can dial a node: what it is bound to, with the machine's own addresses in place of "any".</summary>
internal static class NodeEndpoints
{
    /// <summary>At most as many as a record holds; loopback addresses only when there are no others.</summary>
    /// <param name="bound">As the sockets are bound.</param>
    public static ImmutableArray<UdpEndpoint> Of(ImmutableArray<UdpEndpoint> bound)
    {
        var endpoints = bound.SelectMany(endpoint => IsAny(endpoint.ToIPAddress())
            ? OwnAddresses()
                .Select(address => UdpEndpoint.From(address, endpoint.Port))
                .Where(own => own.IsIPv4 == endpoint.IsIPv4)
            : [endpoint]);
        return [.. endpoints.Distinct().OrderBy(Reach).Take(PeerRecord.MaxEndpoints)];
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static int Reach(UdpEndpoint endpoint) => IPAddress.IsLoopback(endpoint.ToIPAddress()) ? 1 : 0;

    private static IPAddress[] OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal),
    ];
}
