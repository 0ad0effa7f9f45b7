namespace MeshActors.Transport.Stun;

/// <summary>Where a behaviour discovery stands.</summary>
internal enum DiscoveryStage
{
    /// <summary>All servers are asked from one socket.</summary>
    Reaching,

    /// <summary>Further sockets ask one server, one after the other.</summary>
    Sampling,

    /// <summary>Mapping, filtering and hairpin are tested.</summary>
    Testing,

    /// <summary>Everything was answered or given up.</summary>
    Over,
}

/// <summary>What a question of a behaviour discovery is to show.</summary>
internal enum StunPurpose
{
    /// <summary>Whether a server is reached at all, and where it sees socket 0.</summary>
    Reach,

    /// <summary>Which port a fresh socket gets.</summary>
    Sample,

    /// <summary>Where another endpoint of the server sees socket 0.</summary>
    Mapping,

    /// <summary>Whether an answer from another address and port comes in.</summary>
    FilterBoth,

    /// <summary>Whether an answer from another port comes in.</summary>
    FilterPort,

    /// <summary>Whether a packet to a public endpoint of our own comes back.</summary>
    Hairpin,
}
