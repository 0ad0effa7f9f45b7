namespace MeshActors.Transport.Wire;

/// <summary>The two bits of the IP header by which routers say that they are congested (RFC 3168, section 5), with their values there.</summary>
internal enum EcnMark : byte
{
    /// <summary>The sender takes no marks, or the socket cannot tell.</summary>
    NotCapable = 0,

    /// <summary>ECT(1): never sent here.</summary>
    Capable1 = 1,

    /// <summary>ECT(0): what is sent on paths that keep marks.</summary>
    Capable0 = 2,

    /// <summary>A router on the way was congested.</summary>
    CongestionExperienced = 3,
}
