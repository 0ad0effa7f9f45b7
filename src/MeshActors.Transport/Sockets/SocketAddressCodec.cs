using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Sockets;

/// <summary>Reads and writes what <c>sockaddr_in</c> and <c>sockaddr_in6</c> hold after the family, which is the system's own.</summary>
/// <remarks>Port at 2, address at 4 (IPv4) or at 8 with the scope, in host order, at 24 (IPv6): alike on all systems.</remarks>
internal static class SocketAddressCodec
{
    /// <summary>Bytes of <c>sockaddr_in</c>.</summary>
    public const int IPv4Size = 16;

    /// <summary>Bytes of <c>sockaddr_in6</c>.</summary>
    public const int IPv6Size = 28;

    public static UdpEndpoint Read(ReadOnlySpan<byte> address, bool ipv4)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (ipv4)
        {
            return new UdpEndpoint(
                UdpEndpoint.MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port);
        }

        var bits = BinaryPrimitives.ReadUInt128BigEndian(address[8..]);
        var linkLocal = (ushort)(bits >> 112) >> 6 == 0xFE80 >> 6;
        return new UdpEndpoint(bits, port, linkLocal ? BitConverter.ToUInt32(address[24..]) : 0);
    }

    public static void Write(Span<byte> address, in UdpEndpoint endpoint, bool ipv4)
    {
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], endpoint.Port);
        if (ipv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], (uint)(endpoint.Bits & uint.MaxValue));
            return;
        }

        BinaryPrimitives.WriteUInt128BigEndian(address[8..], endpoint.Bits);
        BitConverter.TryWriteBytes(address[24..], endpoint.ScopeId);
    }
}
