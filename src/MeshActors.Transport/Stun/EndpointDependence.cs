namespace MeshActors.Transport.Stun;

/// <summary>What of the remote endpoint a NAT looks at when it maps or filters (RFC 4787, sections 4.1 and 5).</summary>
/// <remarks>The numbers are on the wire.</remarks>
internal enum EndpointDependence
{
    /// <summary>Not found out.</summary>
    Unknown = 0,

    /// <summary>Nothing: one mapping for all, through which everybody comes in.</summary>
    EndpointIndependent = 1,

    /// <summary>Its address.</summary>
    AddressDependent = 2,

    /// <summary>Its address and its port.</summary>
    AddressAndPortDependent = 3,
}
