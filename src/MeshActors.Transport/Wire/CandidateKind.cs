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
}
