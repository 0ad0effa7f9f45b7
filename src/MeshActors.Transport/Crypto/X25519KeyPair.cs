using System;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;
using NSec.Cryptography;

namespace MeshActors.Transport.Crypto;

/// <summary>A key pair for X25519 (RFC 7748); DHLEN of Noise is 32.</summary>
internal sealed class X25519KeyPair : IDisposable
{
    /// <summary>Bytes of a private key, a public key and a shared secret.</summary>
    public const int Size = 32;

    private readonly Key _key;

    private X25519KeyPair(Key key)
    {
        _key = key;
        Span<byte> publicKey = stackalloc byte[Size];
        key.PublicKey.TryExport(KeyBlobFormat.RawPublicKey, publicKey, out _);
        PublicKey = Bytes32.From(publicKey);
    }

    public Bytes32 PublicKey { get; }

    public static X25519KeyPair Generate(IRandomSource random)
    {
        Span<byte> privateKey = stackalloc byte[Size];
        random.Fill(privateKey);
        var pair = FromPrivateKey(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return pair;
    }

    /// <summary>Takes <see cref="Size"/> bytes; the caller wipes them.</summary>
    public static X25519KeyPair FromPrivateKey(ReadOnlySpan<byte> privateKey) =>
        new(Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey));

    /// <summary>The raw shared secret, as Noise's DH() wants it.</summary>
    /// <param name="remote">The other side's public key, whatever it is.</param>
    /// <param name="sharedSecret"><see cref="Size"/> bytes; the caller wipes them.</param>
    /// <returns>False when the result is all zero: the other key is of low order (RFC 7748, section 6.1).</returns>
    public bool TryAgree(Bytes32 remote, Span<byte> sharedSecret)
    {
        Span<byte> publicKey = stackalloc byte[Size];
        remote.CopyTo(publicKey);
        if (!NSec.Cryptography.PublicKey.TryImport(
                KeyAgreementAlgorithm.X25519, publicKey, KeyBlobFormat.RawPublicKey, out var imported)
            || imported is null)
        {
            return false;
        }

        var exportable = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using var secret = KeyAgreementAlgorithm.X25519.Agree(_key, imported, in exportable);
        return secret is not null && secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, sharedSecret, out _);
    }

    public void Dispose() => _key.Dispose();
}
