using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>Endpoints as messages of <c>directory.proto</c> and back.</summary>
internal static class EndpointCodec
{
    public static WireEndpoint ToWire(UdpEndpoint endpoint) => new()
    {
        Ip = ByteString.CopyFrom(endpoint.ToIPAddress().GetAddressBytes()),
        Port = endpoint.Port,
    };

    /// <summary>False when it names no endpoint that a datagram can be sent to.</summary>
    public static bool TryRead(WireEndpoint message, out UdpEndpoint endpoint)
    {
        endpoint = default;
        if (message.Port is 0 or > ushort.MaxValue || message.Ip.Length is not (4 or 16))
        {
            return false;
        }

        var address = new IPAddress(message.Ip.Span);
        if (!IsUnicast(address))
        {
            return false;
        }

        endpoint = UdpEndpoint.From(address, (ushort)message.Port);
        return true;
    }

    /// <summary>False for addresses that name no single host: unspecified, multicast, and IPv4 from 224 on.</summary>
    public static bool IsUnicast(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !plain.Equals(IPAddress.Any)
            && !plain.Equals(IPAddress.IPv6Any)
            && !plain.IsIPv6Multicast
            && !(plain.AddressFamily == AddressFamily.InterNetwork && plain.GetAddressBytes()[0] >= 224);
    }
}
