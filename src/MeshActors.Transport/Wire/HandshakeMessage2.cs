using System;
using System.Buffers.Binary;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Layout of the second handshake datagram (docs/protocol.md 3.2).</summary>
internal static class HandshakeMessage2
{
    /// <summary>Bytes of the datagram, always.</summary>
    public const int Size = 282;

    /// <summary>Bytes before the Noise message.</summary>
    public const int HeaderSize = 12;

    /// <summary>Bytes of the payload before it is sealed.</summary>
    public const int PayloadSize = 222;

    /// <summary>Checks length and clear header of a datagram that may be anything.</summary>
    /// <param name="datagram">All of it.</param>
    /// <param name="connectionId">The one the initiator chose, when null is returned: which attempt it answers.</param>
    public static DropReason? Check(ReadOnlySpan<byte> datagram, out ulong connectionId)
    {
        connectionId = 0;
        if (datagram.Length != Size)
        {
            return DropReason.BadLength;
        }

        if (datagram[1] != DatagramType.Version)
        {
            return DropReason.UnsupportedVersion;
        }

        if (datagram[0] != DatagramType.HandshakeMessage2 || datagram[3] != 0)
        {
            return DropReason.BadHeader;
        }

        connectionId = BinaryPrimitives.ReadUInt64BigEndian(datagram[4..]);
        return null;
    }

    /// <summary>The suite's number in a datagram of the right length; it may mean nothing.</summary>
    public static byte SuiteOf(ReadOnlySpan<byte> datagram) => datagram[2];

    /// <summary>Writes the clear header; the rest is the caller's.</summary>
    public static void WriteHeader(Span<byte> datagram, byte suite, ulong connectionId)
    {
        datagram[0] = DatagramType.HandshakeMessage2;
        datagram[1] = DatagramType.Version;
        datagram[2] = suite;
        datagram[3] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(datagram[4..], connectionId);
    }
}
