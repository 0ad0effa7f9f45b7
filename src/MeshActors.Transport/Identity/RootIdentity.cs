using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Identity;

/// <summary>The Ed25519 root key pair of a node: what its address comes from and what signs its certificates.</summary>
internal sealed class RootIdentity : IDisposable
{
    /// <summary>Bytes of the seed.</summary>
    public const int SeedSize = Ed25519KeyPair.Size;

    private readonly Ed25519KeyPair _key;

    private RootIdentity(Ed25519KeyPair key)
    {
        _key = key;
    }

    public RootKey PublicKey => new(_key.PublicKey);

    public static RootIdentity Create(IRandomSource random) => new(Ed25519KeyPair.Generate(random));

    /// <summary>Takes <see cref="SeedSize"/> bytes; the caller wipes them.</summary>
    public static RootIdentity FromSeed(ReadOnlySpan<byte> seed) => new(Ed25519KeyPair.FromSeed(seed));

    /// <summary>Writes <see cref="Ed25519KeyPair.SignatureSize"/> bytes.</summary>
    public void Sign(ReadOnlySpan<byte> signedBytes, Span<byte> signature) => _key.Sign(signedBytes, signature);

    /// <summary>Writes the <see cref="SeedSize"/> secret bytes; the caller wipes them.</summary>
    public void ExportSeed(Span<byte> seed) => _key.ExportSeed(seed);

    public void Dispose() => _key.Dispose();
}
