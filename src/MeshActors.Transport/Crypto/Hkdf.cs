using System;
using System.Security.Cryptography;

namespace MeshActors.Transport.Crypto;

/// <summary>HKDF with SHA-256 (RFC 5869), as the HKDF of Noise needs it: extract takes an empty input too.</summary>
/// <remarks>Extract is HMAC by definition; the framework's own refuses the empty input of a split on OpenSSL.</remarks>
internal static class Hkdf
{
    /// <summary>Bytes of the pseudo-random key between the two halves.</summary>
    public const int KeySize = SHA256.HashSizeInBytes;

    /// <summary>Most bytes that <see cref="Expand"/> puts out.</summary>
    public const int MaxOutput = 255 * KeySize;

    /// <summary>The first half: HMAC-SHA256 of the input under the salt.</summary>
    /// <param name="salt">Any length.</param>
    /// <param name="inputKeyMaterial">Any length.</param>
    /// <param name="pseudoRandomKey"><see cref="KeySize"/> bytes; the caller wipes them.</param>
    public static void Extract(
        ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKeyMaterial, Span<byte> pseudoRandomKey) =>
        HMACSHA256.HashData(salt, inputKeyMaterial, pseudoRandomKey);

    /// <summary>The second half.</summary>
    /// <param name="pseudoRandomKey"><see cref="KeySize"/> bytes.</param>
    /// <param name="info">What the output is for; any length.</param>
    /// <param name="output">1 to <see cref="MaxOutput"/> bytes; the caller wipes them.</param>
    public static void Expand(ReadOnlySpan<byte> pseudoRandomKey, ReadOnlySpan<byte> info, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pseudoRandomKey.Length, KeySize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, MaxOutput);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandomKey, output, info);
    }
}
