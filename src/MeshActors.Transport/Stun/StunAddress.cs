using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>The value of an attribute that holds an endpoint, in clear or XORed (RFC 8489, sections 14.1 and 14.2).</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      zero     | family: 1, 2  |             port              |
/// |                    address: 32 or 128 bits                    |
/// </code>
/// The XOR is with the magic cookie and, for IPv6, the transaction id behind it: some NATs rewrite every four bytes of a
/// datagram that look like an address they translate.
/// </remarks>
internal static class StunAddress
{
    public const int IPv4Size = 8;
    public const int IPv6Size = 20;

    private const byte IPv4Family = 1;
    private const byte IPv6Family = 2;

    /// <summary>Bytes of the value that holds an endpoint.</summary>
    public static int Size(UdpEndpoint endpoint) => endpoint.IsIPv4 ? IPv4Size : IPv6Size;

    /// <summary>Reads an endpoint.</summary>
    /// <returns>False when family and length do not fit, an IPv6 address is an IPv4 one mapped, or the port is 0.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, bool isXored, TransactionId id, out UdpEndpoint endpoint)
    {
        endpoint = default;
        if (value.Length is not (IPv4Size or IPv6Size)
            || value[1] != (value.Length == IPv4Size ? IPv4Family : IPv6Family))
        {
            return false;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        var bits = value.Length == IPv4Size
            ? BinaryPrimitives.ReadUInt32BigEndian(value[4..])
            : BinaryPrimitives.ReadUInt128BigEndian(value[4..]);
        if (isXored)
        {
            port ^= PortMask;
            bits ^= value.Length == IPv4Size ? StunMessage.MagicCookie : Mask(id);
        }

        endpoint = new UdpEndpoint(value.Length == IPv4Size ? UdpEndpoint.MappedPrefix | bits : bits, port);
        return port != 0 && endpoint.IsIPv4 == (value.Length == IPv4Size);
    }

    /// <summary>Writes an endpoint into <see cref="Size"/> bytes.</summary>
    public static void Write(Span<byte> destination, UdpEndpoint endpoint, bool isXored, TransactionId id)
    {
        destination[0] = 0;
        destination[1] = endpoint.IsIPv4 ? IPv4Family : IPv6Family;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(isXored ? endpoint.Port ^ PortMask : endpoint.Port));
        if (endpoint.IsIPv4)
        {
            var bits = (uint)(endpoint.Bits & uint.MaxValue);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], isXored ? bits ^ StunMessage.MagicCookie : bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination[4..], isXored ? endpoint.Bits ^ Mask(id) : endpoint.Bits);
        }
    }

    private static ushort PortMask => (ushort)(StunMessage.MagicCookie >> 16);

    private static UInt128 Mask(TransactionId id) => new(((ulong)StunMessage.MagicCookie << 32) | id.High, id.Low);
}
