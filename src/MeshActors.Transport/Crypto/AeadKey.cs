using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Crypto;

/// <summary>An expanded AES-256-GCM key (NIST SP 800-38D) in a slot of the slab; seals and opens in place.</summary>
/// <remarks>
/// The nonce is a 4-byte prefix and an 8-byte counter, both in network byte order: with prefix 0 that is the nonce of
/// Noise (section 12.4), with a path id that of packets. The caller never uses one twice. One caller at a time.
/// </remarks>
internal sealed unsafe class AeadKey : IDisposable
{
    /// <summary>Bytes of the raw key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes a sealed text is longer than the plain one.</summary>
    public const int TagSize = 16;

    private const int NonceSize = 12;

    private readonly KeySlot _slot;

    /// <summary>Expands a key.</summary>
    /// <param name="slab">Where the expanded key lives.</param>
    /// <param name="key"><see cref="KeySize"/> bytes; the caller wipes them.</param>
    public AeadKey(SessionKeySlab slab, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        _slot = slab.Rent();
        fixed (byte* keyPointer = key)
        {
            _ = Sodium.ExpandAesKey(_slot.Memory, keyPointer);
        }
    }

    /// <summary>Seals the plain text in <paramref name="buffer"/>, whose last <see cref="TagSize"/> bytes become the tag.</summary>
    public void Seal(uint noncePrefix, ulong counter, ReadOnlySpan<byte> associated, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, TagSize);
        var nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, noncePrefix, counter);
        fixed (byte* bufferPointer = buffer, associatedPointer = associated)
        {
            ulong length;
            _ = Sodium.SealAes(
                bufferPointer,
                &length,
                bufferPointer,
                (ulong)(buffer.Length - TagSize),
                associatedPointer,
                (ulong)associated.Length,
                null,
                nonce,
                _slot.Memory);
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
            return Sodium.OpenAes(
                bufferPointer,
                &length,
                null,
                bufferPointer,
                (ulong)buffer.Length,
                associatedPointer,
                (ulong)associated.Length,
                nonce,
                _slot.Memory) == 0;
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _slot.Dispose();

    private static void WriteNonce(byte* nonce, uint prefix, ulong counter)
    {
        var bytes = new Span<byte>(nonce, NonceSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, prefix);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], counter);
    }
}
