using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.WebSockets;

/// <summary>Datagrams in a binary message, each behind its length of 2 bytes in network byte order (docs/protocol.md, section 10.4).</summary>
internal static class DatagramFraming
{
    /// <summary>Bytes before each datagram.</summary>
    public const int HeadSize = sizeof(ushort);

    /// <summary>Bytes of the longest message.</summary>
    public const int MostMessageBytes = 65_536;

    /// <summary>Bytes of the longest datagram.</summary>
    public const int MostDatagramBytes = MostMessageBytes - HeadSize - 1;

    /// <summary>Hands out the next datagram of a message and takes it off.</summary>
    /// <param name="message">What is left of the message.</param>
    /// <param name="datagram">At least one byte.</param>
    /// <returns>False at the end, and when what is left is no datagram behind its length: then there is something left.</returns>
    public static bool TryTake(ref Span<byte> message, out Span<byte> datagram)
    {
        datagram = default;
        if (message.Length <= HeadSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(message);
        if (length == 0 || length > message.Length - HeadSize)
        {
            return false;
        }

        datagram = message.Slice(HeadSize, length);
        message = message[(HeadSize + length)..];
        return true;
    }

    /// <summary>Writes a datagram behind its length.</summary>
    /// <param name="destination">Room for both.</param>
    /// <param name="datagram">1 byte to <see cref="MostDatagramBytes"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)datagram.Length);
        datagram.CopyTo(destination[HeadSize..]);
        return HeadSize + datagram.Length;
    }

    /// <summary>How many bytes of what was written side by side make the next message: as many whole datagrams as it holds.</summary>
    /// <param name="written">Datagrams behind their lengths.</param>
    public static int NextMessage(ReadOnlySpan<byte> written)
    {
        var end = 0;
        while (end < written.Length)
        {
            var next = end + HeadSize + BinaryPrimitives.ReadUInt16BigEndian(written[end..]);
            if (next > MostMessageBytes)
            {
                break;
            }

            end = next;
        }

        return end;
    }
}
