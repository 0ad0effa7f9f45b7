namespace MeshActors.Transport.PortMapping;

/// <summary>Where the mapping of a port at a gateway stands.</summary>
internal enum GatewayState
{
    /// <summary>It is asked for.</summary>
    Asking,

    /// <summary>It stands, and is renewed at half of its lifetime.</summary>
    Mapped,

    /// <summary>The gateway refuses, or speaks neither protocol.</summary>
    Refused,

    /// <summary>The gateway does not answer.</summary>
    Silent,

    /// <summary>It is being given back.</summary>
    Releasing,

    /// <summary>It was given back, or the time for that is over.</summary>
    Released,
}

/// <summary>A mapping that stands.</summary>
/// <param name="External">The endpoint at the gateway's other side, which need not be public.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed.</param>
internal readonly record struct GatewayLease(Addressing.UdpEndpoint External, Time.MonoTime ExpiresAt);
