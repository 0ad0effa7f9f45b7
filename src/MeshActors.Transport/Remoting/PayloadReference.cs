using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Remoting;

/// <summary>Stands in the order of an association for a payload whose bytes come by the companion for large ones (docs/protocol.md, section 7.2).</summary>
/// <remarks>
/// <code>
/// +----------+----------+---------------+
/// | zero (1) | kind (1) | recipient (8) |
/// +----------+----------+---------------+
/// </code>
/// No payload of Akka begins with a zero. The n-th reference is the n-th payload of the companion.
/// </remarks>
/// <param name="Recipient">Names whom the payload is for, see <see cref="PathHash"/>.</param>
internal readonly record struct PayloadReference(ulong Recipient)
{
    public const int Size = 10;

    private const byte Kind = 1;

    /// <summary>Whether a message of an association is none of Akka's payloads.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> message) => !message.IsEmpty && message[0] == 0;

    /// <summary>Reads a reference that may be anything.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out PayloadReference reference)
    {
        reference = default;
        if (message.Length != Size || message[0] != 0 || message[1] != Kind)
        {
            return false;
        }

        reference = new PayloadReference(BinaryPrimitives.ReadUInt64BigEndian(message[2..]));
        return true;
    }

    /// <summary>The reference as bytes.</summary>
    public byte[] ToBytes()
    {
        var message = new byte[Size];
        message[1] = Kind;
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(2), Recipient);
        return message;
    }
}
