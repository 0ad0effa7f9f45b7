namespace MeshActors.TestKit.Nat;

/// <summary>What of the remote endpoint a box looks at, in the words of RFC 4787, sections 4.1 (mapping) and 5 (filtering).</summary>
internal enum NatDependence
{
    /// <summary>Nothing of it.</summary>
    EndpointIndependent,

    /// <summary>Its address.</summary>
    AddressDependent,

    /// <summary>Its address and its port.</summary>
    AddressAndPortDependent,
}
