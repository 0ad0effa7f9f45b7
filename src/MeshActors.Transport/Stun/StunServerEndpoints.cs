using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>The public endpoints of a server's four sockets; all of one address family.</summary>
internal sealed record StunServerEndpoints
{
    /// <param name="primary">First address and first port.</param>
    /// <param name="other">Second address and second port, both different.</param>
    public StunServerEndpoints(UdpEndpoint primary, UdpEndpoint other)
    {
        if (primary.Bits == other.Bits || primary.Port == other.Port || primary.IsIPv4 != other.IsIPv4)
        {
            throw new ArgumentException($"{other} does not differ from {primary} in address and port alone.", nameof(other));
        }

        Primary = primary;
        Other = other;
    }

    public UdpEndpoint Primary { get; }

    public UdpEndpoint Other { get; }

    /// <summary>The endpoint of a socket.</summary>
    public UdpEndpoint At(StunSocket socket)
    {
        var address = (socket & StunSocket.OtherAddress) != 0 ? Other : Primary;
        return address with { Port = ((socket & StunSocket.OtherPort) != 0 ? Other : Primary).Port };
    }
}
