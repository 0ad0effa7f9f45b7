using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Makes the cookies of a responder and recognises them, without remembering whom it gave one (docs/protocol.md 3.4).</summary>
/// <remarks>A cookie is a MAC of address and port under a secret of ours; it is good for 120 to 240 s.</remarks>
internal sealed class CookieSecrets : IDisposable
{
    /// <summary>A new secret is drawn after this; the one before counts as long again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(120);

    private const int SecretSize = 32;
    private const int SourceSize = 16 + sizeof(ushort) + sizeof(uint);

    private readonly IRandomSource _random;
    private byte[] _current = GC.AllocateArray<byte>(SecretSize, pinned: true);
    private byte[] _previous = GC.AllocateArray<byte>(SecretSize, pinned: true);
    private MonoTime? _drawnAt;

    public CookieSecrets(IRandomSource random)
    {
        _random = random;
    }

    /// <summary>Writes the cookie for a source, <see cref="CookieReply.CookieSize"/> bytes.</summary>
    public void Write(UdpEndpoint source, Span<byte> cookie, MonoTime now)
    {
        Renew(now);
        Write(_current, source, cookie);
    }

    /// <summary>Tells whether the cookie field of a message 1 was made with a cookie for its source.</summary>
    public bool Verify(ReadOnlySpan<byte> message1, UdpEndpoint source, MonoTime now)
    {
        Renew(now);
        return Verify(_current, message1, source) || Verify(_previous, message1, source);
    }

    /// <summary>Writes mac2, what an initiator with a cookie puts into the cookie field of a message 1.</summary>
    public static void WriteMac2(ReadOnlySpan<byte> cookie, Span<byte> message1) =>
        Sodium.Blake2bMac(
            cookie, message1[..HandshakeMessage1.CookieOffset], message1[HandshakeMessage1.CookieOffset..]);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_current);
        CryptographicOperations.ZeroMemory(_previous);
    }

    private static bool Verify(byte[] secret, ReadOnlySpan<byte> message1, UdpEndpoint source)
    {
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
        Span<byte> mac2 = stackalloc byte[HandshakeMessage1.MacSize];
        Write(secret, source, cookie);
        Sodium.Blake2bMac(cookie, message1[..HandshakeMessage1.CookieOffset], mac2);
        return CryptographicOperations.FixedTimeEquals(mac2, HandshakeMessage1.CookieFieldOf(message1));
    }

    private static void Write(byte[] secret, UdpEndpoint source, Span<byte> cookie)
    {
        Span<byte> input = stackalloc byte[SourceSize];
        BinaryPrimitives.WriteUInt128BigEndian(input, source.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(input[16..], source.Port);
        BinaryPrimitives.WriteUInt32BigEndian(input[18..], source.ScopeId);
        Sodium.Blake2bMac(secret, input, cookie[..CookieReply.CookieSize]);
    }

    /// <summary>Two secrets count at any time, the older of which may never have been given out.</summary>
    private void Renew(MonoTime now)
    {
        if (_drawnAt is not { } drawnAt || now - drawnAt >= 2 * Lifetime)
        {
            _random.Fill(_current);
            _random.Fill(_previous);
            _drawnAt = now;
        }
        else if (now - drawnAt >= Lifetime)
        {
            (_current, _previous) = (_previous, _current);
            _random.Fill(_current);
            _drawnAt = drawnAt + Lifetime;
        }
    }
}
