using System;

namespace MeshActors.Transport.Crypto;

/// <summary>What a suite is called and where it runs.</summary>
internal static class CipherSuiteExtensions
{
    /// <summary>False for a suite that this processor has no instructions for: keys of it cannot be made here.</summary>
    public static bool IsSupported(this CipherSuite suite) => suite switch
    {
        CipherSuite.Aes256Gcm => Sodium.HasAes && Sodium.AesStateSize <= SessionKeySlab.SlotSize,
        CipherSuite.ChaCha20Poly1305 => true,
        _ => false,
    };

    /// <summary>The cipher's name in Noise (section 12).</summary>
    public static string NoiseName(this CipherSuite suite) => suite switch
    {
        CipherSuite.Aes256Gcm => "AESGCM",
        CipherSuite.ChaCha20Poly1305 => "ChaChaPoly",
        _ => throw new ArgumentOutOfRangeException(nameof(suite), suite, "There is no such suite."),
    };
}
