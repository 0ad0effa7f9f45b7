using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Identity;

/// <summary>Which suites a node offers, and which one it dials with (docs/protocol.md 3): nothing below the two that have names.</summary>
internal static class CipherSuiteChoice
{
    /// <summary>What this machine can seal and open with: ChaCha20-Poly1305 always, AES-256-GCM with the instructions for it.</summary>
    public static CipherSuites Supported { get; } =
        CipherSuites.ChaCha20Poly1305
        | (CipherSuite.Aes256Gcm.IsSupported() ? CipherSuites.Aes256Gcm : CipherSuites.None);

    /// <summary>The suite to dial a peer with: AES-256-GCM where both have it, for it is faster there.</summary>
    /// <param name="own">What we may use.</param>
    /// <param name="peer">What the peer's certificate lists; bits without a name are ignored.</param>
    /// <returns>Null when there is none in common.</returns>
    public static CipherSuite? Choose(CipherSuites own, CipherSuites peer)
    {
        var common = own & peer;
        return common.HasFlag(CipherSuites.Aes256Gcm) ? CipherSuite.Aes256Gcm
            : common.HasFlag(CipherSuites.ChaCha20Poly1305) ? CipherSuite.ChaCha20Poly1305
            : null;
    }

    /// <summary>Tells whether a certificate offers a suite, by its number on the wire.</summary>
    public static bool Offers(this CipherSuites suites, byte suite) => (CipherSuite)suite switch
    {
        CipherSuite.Aes256Gcm => suites.HasFlag(CipherSuites.Aes256Gcm),
        CipherSuite.ChaCha20Poly1305 => suites.HasFlag(CipherSuites.ChaCha20Poly1305),
        _ => false,
    };
}
