namespace MeshActors.Transport.Wire;

/// <summary>How a node knows that it may be reached at an endpoint (RFC 8445, section 2.1).</summary>
internal enum CandidateKind : byte
{
    /// <summary>An address of one of its interfaces.</summary>
    Host = 1,

    /// <summary>What a relay or a STUN server saw as its source.</summary>
    Reflexive = 2,

    /// <summary>A port that its gateway forwards on request.</summary>
    Mapped = 3,

    /// <summary>A relay where it has a lease: in place of the address stand eight zero bytes, realm and mesh address of the relay, in place of the port 1.</summary>
    Relay = 4,
}
