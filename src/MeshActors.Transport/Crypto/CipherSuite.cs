namespace MeshActors.Transport.Crypto;

/// <summary>The cipher of a handshake and of the packets after it, by its number on the wire (docs/protocol.md 3); each with X25519 and SHA-256.</summary>
internal enum CipherSuite : byte
{
    /// <summary>AES-256-GCM (NIST SP 800-38D), for processors with instructions for it.</summary>
    Aes256Gcm = 1,

    /// <summary>ChaCha20-Poly1305 (RFC 8439), on every processor.</summary>
    ChaCha20Poly1305 = 2,
}
