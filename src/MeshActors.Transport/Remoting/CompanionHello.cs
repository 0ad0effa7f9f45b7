using System;
using System.Buffers.Binary;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>First message of a companion: a further stream, one way, of an association that has its hello on another one (docs/protocol.md, section 7.1).</summary>
/// <remarks>
/// <code>
/// +-------------+----------+------------+
/// | version (1) | lane (1) | number (4) |
/// +-------------+----------+------------+
/// </code>
/// Bytes behind the number are for later versions and are skipped.
/// </remarks>
/// <param name="Lane">The lane it is in.</param>
/// <param name="Number">The association, by the number that the receiver gave it; not 0.</param>
internal readonly record struct CompanionHello(StreamLane Lane, uint Number)
{
    /// <summary>What tells it from the hello of an association.</summary>
    public const byte Version = 2;

    public const int Size = 6;

    /// <summary>Longest hello that is read.</summary>
    public const int MaxSize = 256;

    /// <summary>Reads a hello that may be anything.</summary>
    /// <returns>False when it is none, or of another version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out CompanionHello hello)
    {
        hello = default;
        if (message.Length is < Size or > MaxSize
            || message[0] != Version
            || (StreamLane)message[1] is not (StreamLane.Association or StreamLane.Control)
            || BinaryPrimitives.ReadUInt32BigEndian(message[2..]) is not (> 0 and var number))
        {
            return false;
        }

        hello = new CompanionHello((StreamLane)message[1], number);
        return true;
    }

    /// <summary>The hello as bytes.</summary>
    public byte[] ToBytes()
    {
        var message = new byte[Size];
        message[0] = Version;
        message[1] = (byte)Lane;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(2), Number);
        return message;
    }
}
