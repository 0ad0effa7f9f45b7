namespace MeshActors.Transport.Tunnels;

/// <summary>Why a tunnel has no session that answers.</summary>
internal enum TunnelFailure
{
    /// <summary>No answer to the handshake within its timeout.</summary>
    HandshakeTimeout,

    /// <summary>The peer speaks other versions of the protocol than this node; <see cref="DialSlot.PeerVersions"/> names them.</summary>
    UnsupportedVersion,

    /// <summary>The peer's certificate offers no cipher suite that this node may use.</summary>
    UnsupportedSuite,

    /// <summary>The peer acknowledges nothing any more.</summary>
    Silence,

    /// <summary>The session has used up its packet numbers.</summary>
    SessionExhausted,

    /// <summary>The peer's certificate is not acceptable: signature, validity, trust or address derivation.</summary>
    CertificateRefused,

    /// <summary>The peer holds a state of the streams that was given up here: both have to begin anew.</summary>
    StateLost,

    /// <summary>There is no endpoint to dial: none is known of the peer, and no relay that both sides use.</summary>
    NoDirectPath,

    /// <summary>The owner asked for it.</summary>
    Requested,
}
