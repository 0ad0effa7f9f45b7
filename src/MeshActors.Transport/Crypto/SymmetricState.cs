using System;
using System.Security.Cryptography;

namespace MeshActors.Transport.Crypto;

/// <summary>Chaining key, handshake hash and cipher of a handshake (Noise, section 5.2), with SHA-256 and the cipher of a suite.</summary>
internal sealed class SymmetricState : IDisposable
{
    /// <summary>HASHLEN.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private const int MaxOutputs = 3;

    private readonly SessionKeySlab _slab;
    private readonly CipherSuite _suite;
    private readonly KeySlot _slot;
    private readonly CipherState _cipher;

    /// <param name="slab">Where the secrets live.</param>
    /// <param name="suite">The cipher.</param>
    /// <param name="protocolName">Hashed when it is longer than a hash, else padded with zeros.</param>
    public SymmetricState(SessionKeySlab slab, CipherSuite suite, ReadOnlySpan<byte> protocolName)
    {
        _slab = slab;
        _suite = suite;
        _slot = slab.Rent();
        _cipher = new CipherState(slab, suite);
        if (protocolName.Length <= HashSize)
        {
            protocolName.CopyTo(Hash);
        }
        else
        {
            SHA256.HashData(protocolName, Hash);
        }

        Hash.CopyTo(ChainingKey);
    }

    /// <summary>Bytes that sealing adds: none before there is a key.</summary>
    public int Overhead => _cipher.Overhead;

    /// <summary>h: the transcript up to here.</summary>
    public ReadOnlySpan<byte> HandshakeHash => Hash;

    private Span<byte> ChainingKey => _slot.Bytes[..HashSize];

    private Span<byte> Hash => _slot.Bytes.Slice(HashSize, HashSize);

    /// <summary>Room for what HKDF puts out, so that no derived secret ever leaves the slab.</summary>
    private Span<byte> Outputs => _slot.Bytes.Slice(2 * HashSize, MaxOutputs * HashSize);

    /// <summary>The pseudo-random key between the two halves of HKDF.</summary>
    private Span<byte> PseudoRandomKey => _slot.Bytes.Slice((2 + MaxOutputs) * HashSize, HashSize);

    /// <summary>The cipher's raw key, for <see cref="Clone"/>.</summary>
    private Span<byte> CipherKey => _slot.Bytes.Slice((3 + MaxOutputs) * HashSize, HashSize);

    public void MixHash(ReadOnlySpan<byte> input)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash);
        hash.AppendData(input);
        hash.GetHashAndReset(Hash);
    }

    public void MixKey(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Derive(inputKeyMaterial, outputs: 2);
        Outputs[..HashSize].CopyTo(ChainingKey);
        SetCipherKey(Outputs.Slice(HashSize, HashSize));
    }

    public void MixKeyAndHash(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Derive(inputKeyMaterial, outputs: 3);
        Outputs[..HashSize].CopyTo(ChainingKey);
        MixHash(Outputs.Slice(HashSize, HashSize));
        SetCipherKey(Outputs.Slice(2 * HashSize, HashSize));
    }

    /// <summary>Seals in place and mixes in what goes out.</summary>
    /// <param name="buffer">The plain text and room for <see cref="Overhead"/> bytes.</param>
    public void EncryptAndHash(Span<byte> buffer)
    {
        _cipher.EncryptWithAd(Hash, buffer);
        MixHash(buffer);
    }

    /// <summary>Opens <paramref name="sealedText"/> into <paramref name="destination"/> of the same length, and mixes it in.</summary>
    /// <returns>False when the tag does not verify; this state is of no use then.</returns>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> sealedText, Span<byte> destination)
    {
        sealedText.CopyTo(destination);
        if (!_cipher.TryDecryptWithAd(Hash, destination[..sealedText.Length]))
        {
            return false;
        }

        MixHash(sealedText);
        return true;
    }

    /// <summary>The keys of the transport: what the initiator seals with, and what the responder seals with.</summary>
    public (CipherState Initiator, CipherState Responder) Split()
    {
        Derive([], outputs: 2);
        var initiator = new CipherState(_slab, _suite);
        var responder = new CipherState(_slab, _suite);
        initiator.InitializeKey(Outputs[..HashSize]);
        responder.InitializeKey(Outputs.Slice(HashSize, HashSize));
        return (initiator, responder);
    }

    /// <summary>A key for what goes beside the messages, bound to all up to here; what Noise mixes in never has the length of its input.</summary>
    /// <param name="label">What it is for; no two uses have the same.</param>
    /// <param name="key"><see cref="HashSize"/> bytes; the caller wipes them.</param>
    public void Export(ReadOnlySpan<byte> label, Span<byte> key)
    {
        Span<byte> input = stackalloc byte[label.Length + HashSize];
        label.CopyTo(input);
        Hash.CopyTo(input[label.Length..]);
        Hkdf.Extract(ChainingKey, input, key);
    }

    /// <summary>A state equal to this one, to try input on that may prove false.</summary>
    public SymmetricState Clone()
    {
        var clone = new SymmetricState(_slab, _suite, []);
        _slot.Bytes.CopyTo(clone._slot.Bytes);
        if (_cipher.HasKey)
        {
            clone._cipher.InitializeKey(clone.CipherKey, _cipher.Nonce);
        }

        return clone;
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _slot.Dispose();
    }

    private void SetCipherKey(ReadOnlySpan<byte> key)
    {
        key.CopyTo(CipherKey);
        _cipher.InitializeKey(key);
    }

    /// <summary>HKDF of Noise, which is that of RFC 5869 without info.</summary>
    private void Derive(ReadOnlySpan<byte> inputKeyMaterial, int outputs)
    {
        Hkdf.Extract(ChainingKey, inputKeyMaterial, PseudoRandomKey);
        Hkdf.Expand(PseudoRandomKey, info: [], Outputs[..(outputs * HashSize)]);
    }
}
