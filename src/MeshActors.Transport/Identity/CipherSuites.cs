using System;

namespace MeshActors.Transport.Identity;

/// <summary>The ciphers a node offers for packets, as its certificate says; bits without a name are kept as they are.</summary>
[Flags]
internal enum CipherSuites : ushort
{
    /// <summary>No cipher; no certificate has this.</summary>
    None = 0,

    /// <summary>AES-256-GCM.</summary>
    Aes256Gcm = 1,

    /// <summary>ChaCha20-Poly1305 (RFC 8439).</summary>
    ChaCha20Poly1305 = 2,
}
