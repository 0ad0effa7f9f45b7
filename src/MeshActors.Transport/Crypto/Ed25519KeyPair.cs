using System;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;
using NSec.Cryptography;

namespace MeshActors.Transport.Crypto;

/// <summary>A key pair for Ed25519 signatures (RFC 8032).</summary>
internal sealed class Ed25519KeyPair : IDisposable
{
    /// <summary>Bytes of the seed that the pair is made from, and of the public key.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    private readonly Key _key;

    private Ed25519KeyPair(Key key)
    {
        _key = key;
        Span<byte> publicKey = stackalloc byte[Size];
        key.PublicKey.TryExport(KeyBlobFormat.RawPublicKey, publicKey, out _);
        PublicKey = Bytes32.From(publicKey);
    }

    public Bytes32 PublicKey { get; }

    public static Ed25519KeyPair Generate(IRandomSource random)
    {
        Span<byte> seed = stackalloc byte[Size];
        random.Fill(seed);
        var pair = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>Takes <see cref="Size"/> bytes; the caller wipes them.</summary>
    public static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        var exportable = new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        return new Ed25519KeyPair(
            Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, in exportable));
    }

    /// <summary>Tells whether <paramref name="publicKey"/> signed <paramref name="signedBytes"/>; false for keys that are none.</summary>
    public static bool Verify(Bytes32 publicKey, ReadOnlySpan<byte> signedBytes, ReadOnlySpan<byte> signature)
    {
        Span<byte> bytes = stackalloc byte[Size];
        publicKey.CopyTo(bytes);
        return NSec.Cryptography.PublicKey.TryImport(
                SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var imported)
            && imported is not null
            && SignatureAlgorithm.Ed25519.Verify(imported, signedBytes, signature);
    }

    /// <summary>Writes <see cref="SignatureSize"/> bytes.</summary>
    public void Sign(ReadOnlySpan<byte> signedBytes, Span<byte> signature) =>
        SignatureAlgorithm.Ed25519.Sign(_key, signedBytes, signature[..SignatureSize]);

    /// <summary>Writes the <see cref="Size"/> secret bytes; the caller wipes them.</summary>
    public void ExportSeed(Span<byte> seed) => _key.TryExport(KeyBlobFormat.RawPrivateKey, seed, out _);

    public void Dispose() => _key.Dispose();
}
