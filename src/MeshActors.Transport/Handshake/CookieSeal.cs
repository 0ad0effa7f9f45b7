using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Seals cookies for initiators, and opens them there: only who could write the message 1 can read its cookie (docs/protocol.md 3.4).</summary>
/// <remarks>
/// ChaCha20-Poly1305, which every node has, with random nonces: at the most replies there are, for the 31 days a key
/// lives, two nonces are the same with a chance of 2^-28.
/// </remarks>
internal sealed class CookieSeal : IDisposable
{
    private readonly SessionKeySlab _slab;
    private readonly byte[] _key = GC.AllocateArray<byte>(AeadKey.KeySize, pinned: true);

    /// <param name="slab">Where the key lives while it is used.</param>
    /// <param name="responderKey">The responder's X25519 key.</param>
    /// <param name="context">The context whose mac1 fits.</param>
    public CookieSeal(SessionKeySlab slab, Bytes32 responderKey, TrustContext context)
    {
        _slab = slab;
        var label = "MeshActors cookie"u8;
        Span<byte> input = stackalloc byte[label.Length + Bytes32.Size + TrustContext.PskSize];
        label.CopyTo(input);
        responderKey.CopyTo(input[label.Length..]);
        context.Psk.CopyTo(input[(label.Length + Bytes32.Size)..]);
        SHA256.HashData(input, _key);
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>Writes a reply of <see cref="CookieReply.Size"/> bytes.</summary>
    /// <param name="message1">What is answered.</param>
    /// <param name="cookie">For its source.</param>
    /// <param name="random">Where the nonce comes from.</param>
    /// <param name="reply">Where it goes.</param>
    public void Write(
        ReadOnlySpan<byte> message1, ReadOnlySpan<byte> cookie, IRandomSource random, Span<byte> reply)
    {
        CookieReply.WriteHeader(reply, message1);
        random.Fill(reply.Slice(CookieReply.NonceOffset, CookieReply.NonceSize));
        cookie.CopyTo(reply[CookieReply.SealedOffset..]);
        var (prefix, counter) = NonceOf(reply);
        using var key = new AeadKey(_slab, CipherSuite.ChaCha20Poly1305, _key);
        key.Seal(prefix, counter, reply[..CookieReply.SealedOffset], reply[CookieReply.SealedOffset..CookieReply.Size]);
    }

    /// <summary>Opens a reply whose header was checked.</summary>
    /// <param name="reply">All of it.</param>
    /// <param name="cookie">Gets <see cref="CookieReply.CookieSize"/> bytes.</param>
    /// <returns>False when it is from nobody who knows responder key and secret, or answers another message 1.</returns>
    public bool TryOpen(ReadOnlySpan<byte> reply, Span<byte> cookie)
    {
        Span<byte> opened = stackalloc byte[CookieReply.Size - CookieReply.SealedOffset];
        reply[CookieReply.SealedOffset..].CopyTo(opened);
        var (prefix, counter) = NonceOf(reply);
        using var key = new AeadKey(_slab, CipherSuite.ChaCha20Poly1305, _key);
        if (!key.TryOpen(prefix, counter, reply[..CookieReply.SealedOffset], opened))
        {
            return false;
        }

        opened[..CookieReply.CookieSize].CopyTo(cookie);
        return true;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static (uint Prefix, ulong Counter) NonceOf(ReadOnlySpan<byte> reply)
    {
        var nonce = reply[CookieReply.NonceOffset..];
        return (BinaryPrimitives.ReadUInt32BigEndian(nonce), BinaryPrimitives.ReadUInt64BigEndian(nonce[sizeof(uint)..]));
    }
}
