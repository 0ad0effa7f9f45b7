using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Wire;

/// <summary>An endpoint in 18 bytes: the address, IPv4 in its mapped form (RFC 4291, section 2.5.5.2), and the port.</summary>
internal static class WireEndpoint
{
    public const int Size = 16 + 2;

    public static UdpEndpoint Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(source), BinaryPrimitives.ReadUInt16BigEndian(source[16..]));

    public static void Write(Span<byte> destination, UdpEndpoint endpoint)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, endpoint.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], endpoint.Port);
    }
}
