namespace MeshActors.Transport.Diagnostics;

/// <summary>Why an inbound datagram, packet or message was discarded; each has a counter, none has an answer.</summary>
internal enum DropReason
{
    /// <summary>First byte of no protocol spoken here.</summary>
    UnknownType,

    /// <summary>Shorter or longer than its type allows.</summary>
    BadLength,

    /// <summary>A field of the clear header has a value that means nothing.</summary>
    BadHeader,

    /// <summary>Major version not spoken here.</summary>
    UnsupportedVersion,

    /// <summary>Cipher suite not offered here.</summary>
    UnsupportedSuite,

    /// <summary>No session has this connection id.</summary>
    UnknownConnection,

    /// <summary>mac1, or the MAC of a certificate question or answer, does not verify.</summary>
    BadMac,

    /// <summary>First handshake message without a cookie while the node is under load: a cookie was sent back.</summary>
    CookieRequired,

    /// <summary>The cookie field of a first handshake message is not zero and does not fit its source: a cookie was sent back.</summary>
    BadCookie,

    /// <summary>The source's prefix, all sources together, or the client of a relay have used up what they may ask for.</summary>
    RateLimited,

    /// <summary>A timestamp lies further from our clock than is allowed: one of both clocks is wrong, or it is a replay.</summary>
    TimestampOutOfRange,

    /// <summary>The tag of a packet or of a relayed frame does not verify: changed on the way, or made with other keys.</summary>
    AuthenticationFailed,

    /// <summary>Number of a packet or of a relayed frame seen before.</summary>
    Replayed,

    /// <summary>Number of a packet or of a relayed frame older than the replay window.</summary>
    TooOld,

    /// <summary>First handshake message whose timestamp is not later than one already accepted from that root.</summary>
    HandshakeReplayed,

    /// <summary>Certificate malformed, or its signature by the root key does not verify.</summary>
    BadCertificate,

    /// <summary>The certificate names another X25519 key than the one that Noise authenticated.</summary>
    WrongStaticKey,

    /// <summary>The certificate's root key is not the one that was dialled, or not one that is trusted.</summary>
    WrongRootKey,

    /// <summary>The certificate's address is not the one that was dialled.</summary>
    WrongAddress,

    /// <summary>The certificate's address is not derived from its root key, realm and salt.</summary>
    AddressNotDerived,

    /// <summary>The certificate's realm is not ours.</summary>
    WrongRealm,

    /// <summary>The certificate's validity has ended.</summary>
    CertificateExpired,

    /// <summary>The certificate's validity has not begun.</summary>
    CertificateNotYetValid,

    /// <summary>The handshake answer belongs to no attempt under way.</summary>
    UnexpectedHandshake,

    /// <summary>Both sides dialled at once and the other side's attempt is the one that goes on.</summary>
    SimultaneousOpen,

    /// <summary>A bound of <c>TransportLimits</c> is reached.</summary>
    LimitReached,

    /// <summary>Opened, but its frames break the protocol: the tunnel is closed.</summary>
    ProtocolViolation,

    /// <summary>A relayed frame under a lease that is none, or is over.</summary>
    UnknownLease,

    /// <summary>A relayed frame for a node that holds no lease where it should.</summary>
    UnreachablePeer,

    /// <summary>A relay sent a frame that was to go on to a further relay.</summary>
    ForbiddenHop,

    /// <summary>The oldest frame that waited for a receiver, gone because there was no room.</summary>
    QueueFull,

    /// <summary>The source is an address that is made up within a node alone.</summary>
    ReservedSource,

    /// <summary>To or from a side socket that is not open.</summary>
    ClosedSocket,
}
