using System;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Io;

/// <summary>The gateway of this machine's network, as its routing table has it, and the address that packets to it leave from.</summary>
/// <param name="Gateway">Of IPv4, with a port that means nothing.</param>
/// <param name="Local">Of this machine, likewise.</param>
internal readonly record struct LocalGateway(UdpEndpoint Gateway, UdpEndpoint Local)
{
    private const ushort AnyPort = 9;

    /// <summary>Looks for it.</summary>
    /// <param name="bound">Address that the node is bound to; only a gateway reached from there counts.</param>
    /// <returns>Null when there is none.</returns>
    public static LocalGateway? Find(IPAddress bound)
    {
        try
        {
            var gateway = NetworkInterface.GetAllNetworkInterfaces()
                .Where(face => face.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(face => face.GetIPProperties().GatewayAddresses)
                .Select(found => found.Address)
                .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !address.Equals(IPAddress.Any));
            if (gateway is null)
            {
                return null;
            }

            // A UDP socket that is connected sends nothing.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(gateway, AnyPort);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return bound.Equals(IPAddress.Any) || bound.Equals(local)
                ? new LocalGateway(UdpEndpoint.From(gateway, AnyPort), UdpEndpoint.From(local, AnyPort))
                : null;
        }
        catch (Exception failure) when (failure is SocketException or NetworkInformationException)
        {
            return null;
        }
    }
}
