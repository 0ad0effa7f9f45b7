namespace MeshActors.Transport.Relay;

/// <summary>How a relay client stands with its relay.</summary>
internal enum RelayClientState
{
    /// <summary>No lease yet; asking.</summary>
    Asking,

    /// <summary>There is a lease.</summary>
    Leased,

    /// <summary>The relay gave none; it is asked again later.</summary>
    Refused,

    /// <summary>The relay has not answered for as long as a lease lives; asking.</summary>
    Lost,

    /// <summary>Given back, for good.</summary>
    Released,
}
