namespace MeshActors.Transport.Tunnels;

/// <summary>Why a tunnel could not be had.</summary>
internal enum TunnelErrorCode
{
    /// <summary>Nobody answered in time.</summary>
    Unreachable,

    /// <summary>The peer's certificate is not acceptable here.</summary>
    CertificateRefused,

    /// <summary>The peer speaks no version of the protocol that this node speaks.</summary>
    UnsupportedVersion,

    /// <summary>The peer's certificate offers no cipher suite that this node may use.</summary>
    UnsupportedSuite,

    /// <summary>The node has as many tunnels as it may.</summary>
    TooManyTunnels,

    /// <summary>There is neither a fleet secret nor a pinned root to ask under.</summary>
    NoTrust,

    /// <summary>There is no direct path to the peer, and no relay that may carry what is sent.</summary>
    NoDirectPath,

    /// <summary>The same in the time that was given; it is still looked for.</summary>
    NoDirectPathYet,

    /// <summary>The tunnel or the engine was closed meanwhile.</summary>
    Closed,
}

/// <summary>A tunnel could not be had; the message says to whom, why, and what to do.</summary>
internal sealed class TunnelException : System.Exception
{
    public TunnelException(TunnelErrorCode code, string message)
        : base(message)
    {
        Code = code;
    }

    public TunnelErrorCode Code { get; }
}
