using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;

namespace MeshActors.Benchmarks.Udp;

/// <summary>A datagram of the limit: 13 bytes of header as packets have them, 8 of them a counter, then one AES-256-GCM.</summary>
internal sealed class SealedDatagram : IDisposable
{
    /// <summary>Bytes around what is carried, as in a packet of a tunnel.</summary>
    public const int Overhead = HeaderBytes + AeadKey.TagSize;

    private const int HeaderBytes = 13;
    private const int CounterOffset = 5;

    private readonly SessionKeySlab _slab = new();
    private readonly AeadKey _key;

    public SealedDatagram()
    {
        // Both processes need the same key, and what it protects is noise.
        Span<byte> key = stackalloc byte[AeadKey.KeySize];
        key.Fill(0x5A);
        _key = new AeadKey(_slab, CipherSuite.Aes256Gcm, key);
    }

    /// <summary>Seals what lies between header and tag.</summary>
    public void Seal(Span<byte> datagram, ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(datagram[CounterOffset..], number);
        _key.Seal(0, number, datagram[..HeaderBytes], datagram[HeaderBytes..]);
    }

    public bool TryOpen(Span<byte> datagram) =>
        datagram.Length > Overhead
        && _key.TryOpen(
            0,
            BinaryPrimitives.ReadUInt64BigEndian(datagram[CounterOffset..]),
            datagram[..HeaderBytes],
            datagram[HeaderBytes..]);

    public void Dispose()
    {
        _key.Dispose();
        _slab.Dispose();
    }
}
