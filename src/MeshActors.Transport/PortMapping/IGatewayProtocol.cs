using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.PortMapping;

/// <summary>The bytes by which one UDP port is asked of a gateway, in one of the two protocols spoken on its port 5351.</summary>
internal interface IGatewayProtocol
{
    /// <summary>Largest request.</summary>
    const int MaxRequestSize = 60;

    /// <summary>Writes what is to be sent next to get, renew or give back the mapping.</summary>
    /// <param name="destination">At least <see cref="MaxRequestSize"/> bytes.</param>
    /// <param name="lifetimeSeconds">Asked for; 0 gives the mapping back.</param>
    /// <returns>Bytes written.</returns>
    int WriteRequest(Span<byte> destination, uint lifetimeSeconds);

    /// <summary>Takes a datagram of the gateway.</summary>
    GatewayVerdict HandleAnswer(ReadOnlySpan<byte> datagram, out GatewayAnswer answer);
}

/// <summary>What a gateway's datagram means.</summary>
internal enum GatewayVerdict
{
    /// <summary>No answer to what was asked.</summary>
    NotOurs,

    /// <summary>An answer after which the next request is due.</summary>
    GoOn,

    /// <summary>The mapping stands, or is given back when its lifetime is 0.</summary>
    Granted,

    /// <summary>The gateway does not speak this protocol.</summary>
    OtherVersion,

    /// <summary>The gateway refuses.</summary>
    Refused,
}

/// <summary>What a gateway said.</summary>
/// <param name="External">The public endpoint; only when granted, and not when given back.</param>
/// <param name="LifetimeSeconds">How long the mapping counts.</param>
/// <param name="Code">Result code of the protocol when refused.</param>
internal readonly record struct GatewayAnswer(UdpEndpoint External, uint LifetimeSeconds, int Code);
