using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using MeshActors.Benchmarks.Idle;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Flood;

/// <summary>First messages of many addresses, made before they are sent: whole IPv4 packets side by side.</summary>
/// <remarks>
/// Address number i is 100.64.0.1 + 256 i, so each is alone in its /24. In turn each address sends its next message. All have a MAC
/// that fits. The rest is noise, or a true message under a certificate of its own, whose address is drawn (see
/// <see cref="DrawnIdentity"/>): the node has to do all its work before it can know.
/// </remarks>
internal sealed class FloodPackets
{
    /// <summary>Bytes of each packet.</summary>
    public const int PacketBytes = HeaderBytes + HandshakeMessage1.Size;

    /// <summary>The UDP port that all addresses send from.</summary>
    public const ushort Port = 4_000;

    private const int HeaderBytes = IpHeaderBytes + UdpHeaderBytes;
    private const int IpHeaderBytes = 20;
    private const int UdpHeaderBytes = 8;
    private const uint FirstAddress = 0x6440_0001;

    private readonly byte[] _packets;
    private readonly Dictionary<UInt128, int> _byMac = [];

    /// <param name="addresses">Source addresses, at most 16,384.</param>
    /// <param name="messages">Messages of each.</param>
    /// <param name="target">Where they go.</param>
    public FloodPackets(int addresses, int messages, IPEndPoint target)
    {
        Addresses = addresses;
        Count = addresses * messages;
        _packets = GC.AllocateArray<byte>(Count * PacketBytes, pinned: true);
        for (var packet = 0; packet < Count; packet++)
        {
            WriteHeaders(PacketOf(packet), (uint)(packet % addresses), target);
        }
    }

    public int Addresses { get; }

    /// <summary>Messages of all addresses.</summary>
    public int Count { get; }

    /// <summary>Packets from number <paramref name="first"/> on, as many as lie side by side.</summary>
    public ReadOnlySpan<byte> Batch(int first, int count) =>
        _packets.AsSpan(first * PacketBytes, Math.Min(count, Count - first) * PacketBytes);

    /// <summary>Which address one is; −1 when it is none of them.</summary>
    public int NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        if (!address.TryWriteBytes(bytes, out var length) || length != sizeof(uint))
        {
            return -1;
        }

        var offset = BinaryPrimitives.ReadUInt32BigEndian(bytes) - (long)FirstAddress;
        return offset >= 0 && offset % 256 == 0 && offset / 256 < Addresses ? (int)(offset / 256) : -1;
    }

    /// <summary>Fills all messages with noise under a MAC that fits.</summary>
    public void FillWithNoise(NodeCertificate responder, TrustContext context)
    {
        using var mac = HandshakeKeying.Mac1(responder.StaticKey, context);
        for (var packet = 0; packet < Count; packet++)
        {
            var message = MessageOf(packet);
            SystemRandomSource.Instance.Fill(message[..HandshakeMessage1.MacOffset]);
            HandshakeMessage1.WriteHeader(message, (byte)CipherSuite.Aes256Gcm);
            mac.Write(message[..HandshakeMessage1.MacOffset], message[HandshakeMessage1.MacOffset..]);
        }
    }

    /// <summary>Makes each message a true attempt, with a fresh root, certificate and ephemeral key.</summary>
    public void FillWithAttempts(NodeCertificate responder, TrustContext context)
    {
        using var slab = new SessionKeySlab();
        var random = SystemRandomSource.Instance;
        var timestamps = new AttemptTimestamps();
        for (var packet = 0; packet < Count; packet++)
        {
            using var identity = DrawnIdentity.Make(random);
            var attempt = new HandshakeAttempt
            {
                Identity = identity,
                Responder = responder,
                Context = context,
                Incarnation = random.NextUInt64(),
                ConnectionId = random.NextUInt64(),
                Suite = CipherSuite.Aes256Gcm,
                Features = 0,
                Timestamp = timestamps.Next(Clock.System.UtcNow),
            };
            using var handshake = new InitiatorHandshake(
                attempt, slab, new DerivedAddresses(), random, Clock.System.Now, TimeSpan.FromSeconds(5));
            handshake.Message1.CopyTo(MessageOf(packet));
            _byMac[handshake.Mac1] = packet;
        }
    }

    /// <summary>The message that a reply answers; false when it is none of them.</summary>
    public bool TryFind(ReadOnlySpan<byte> mac1, out int packet) =>
        _byMac.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(mac1), out packet);

    /// <summary>Puts a cookie into all further messages of an address.</summary>
    public void UseCookie(int address, ReadOnlySpan<byte> cookie)
    {
        for (var packet = address; packet < Count; packet += Addresses)
        {
            CookieSecrets.WriteMac2(cookie, MessageOf(packet));
        }
    }

    private Span<byte> PacketOf(int packet) => _packets.AsSpan(packet * PacketBytes, PacketBytes);

    private Span<byte> MessageOf(int packet) => PacketOf(packet)[HeaderBytes..];

    /// <summary>IPv4 (RFC 791) with DF, the system fills in the rest; UDP (RFC 768) without a sum.</summary>
    private static void WriteHeaders(Span<byte> packet, uint address, IPEndPoint target)
    {
        packet[0] = 0x45;
        packet[6] = 0x40;
        packet[8] = 64;
        packet[9] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], FirstAddress + (address * 256));
        target.Address.TryWriteBytes(packet[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[20..], Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[22..], (ushort)target.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[24..], UdpHeaderBytes + HandshakeMessage1.Size);
    }
}
