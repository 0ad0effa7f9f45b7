namespace MeshActors.Transport.Relay;

/// <summary>How a relay that the configuration names is doing.</summary>
internal enum RelayPhase
{
    /// <summary>Nobody acceptable has answered there yet.</summary>
    Asking,

    /// <summary>It is known who is there, and a lease is asked for.</summary>
    Leasing,

    /// <summary>There is a lease: peers reach this node over it.</summary>
    Leased,

    /// <summary>It gives no lease; it is asked again later.</summary>
    Refused,

    /// <summary>There was a lease, or an answer, and the relay is silent since.</summary>
    Lost,

    /// <summary>It is known, and no lease is held there because others are nearer.</summary>
    Spare,
}
