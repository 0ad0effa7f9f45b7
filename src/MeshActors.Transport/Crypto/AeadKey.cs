using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Crypto;

/// <summary>A key of either suite in a slot of the slab; seals and opens in place.</summary>
/// <remarks>
/// The nonce is a 4-byte prefix in network byte order and an 8-byte counter, in network byte order for AES-256-GCM and with
/// the lowest byte first for ChaCha20-Poly1305: with prefix 0 the nonces of Noise (sections 12.3 and 12.4), with a path id
/// those of packets. The caller never uses one twice. One caller at a time.
/// </remarks>
internal sealed unsafe class AeadKey : IDisposable
{
    /// <summary>Bytes of the raw key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes a sealed text is longer than the plain one.</summary>
    public const int TagSize = 16;

    private const int NonceSize = 12;

    private readonly KeySlot _slot;

    /// <summary>Puts a key into a slot: for AES-256-GCM expanded, for ChaCha20-Poly1305 as it is.</summary>
    /// <param name="slab">Where the key lives.</param>
    /// <param name="suite">What it is a key of.</param>
    /// <param name="key"><see cref="KeySize"/> bytes; the caller wipes them.</param>
    /// <exception cref="PlatformNotSupportedException">The processor has no instructions for the suite.</exception>
    public AeadKey(SessionKeySlab slab, CipherSuite suite, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        if (!suite.IsSupported())
        {
            throw new PlatformNotSupportedException(
                $"This processor has no instructions for the suite {suite}: AES-256-GCM needs AES-NI and PCLMUL, or the "
                + "ARMv8 Cryptography Extensions. ChaCha20-Poly1305 works everywhere.");
        }

        Suite = suite;
        _slot = slab.Rent();
        if (suite == CipherSuite.ChaCha20Poly1305)
        {
            key.CopyTo(_slot.Bytes);
            return;
        }

        fixed (byte* keyPointer = key)
        {
            _ = Sodium.ExpandAesKey(_slot.Memory, keyPointer);
        }
    }

    /// <summary>What this is a key of.</summary>
    public CipherSuite Suite { get; }

    /// <summary>Seals the plain text in <paramref name="buffer"/>, whose last <see cref="TagSize"/> bytes become the tag.</summary>
    public void Seal(uint noncePrefix, ulong counter, ReadOnlySpan<byte> associated, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, TagSize);
        var nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, noncePrefix, counter);
        fixed (byte* bufferPointer = buffer, associatedPointer = associated)
        {
            ulong length;
            var plainLength = (ulong)(buffer.Length - TagSize);
            var associatedLength = (ulong)associated.Length;
            var key = _slot.Memory;
            _ = Suite == CipherSuite.Aes256Gcm
                ? Sodium.SealAes(
                    bufferPointer, &length, bufferPointer, plainLength, associatedPointer, associatedLength, null, nonce, key)
                : Sodium.SealChaCha(
                    bufferPointer, &length, bufferPointer, plainLength, associatedPointer, associatedLength, null, nonce, key);
        }
    }

    /// <summary>Opens <paramref name="buffer"/> in place: plain text, then <see cref="TagSize"/> bytes that mean nothing.</summary>
    /// <returns>False when the tag does not verify; the buffer's content is lost then.</returns>
    public bool TryOpen(uint noncePrefix, ulong counter, ReadOnlySpan<byte> associated, Span<byte> buffer)
    {
        if (buffer.Length < TagSize)
        {
            return false;
        }

        var nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, noncePrefix, counter);
        fixed (byte* bufferPointer = buffer, associatedPointer = associated)
        {
            ulong length;
            var sealedLength = (ulong)buffer.Length;
            var associatedLength = (ulong)associated.Length;
            var key = _slot.Memory;
            var result = Suite == CipherSuite.Aes256Gcm
                ? Sodium.OpenAes(
                    bufferPointer, &length, null, bufferPointer, sealedLength, associatedPointer, associatedLength, nonce, key)
                : Sodium.OpenChaCha(
                    bufferPointer, &length, null, bufferPointer, sealedLength, associatedPointer, associatedLength, nonce, key);
            return result == 0;
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _slot.Dispose();

    private void WriteNonce(byte* nonce, uint prefix, ulong counter)
    {
        var bytes = new Span<byte>(nonce, NonceSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, prefix);
        if (Suite == CipherSuite.Aes256Gcm)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], counter);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[4..], counter);
        }
    }
}
