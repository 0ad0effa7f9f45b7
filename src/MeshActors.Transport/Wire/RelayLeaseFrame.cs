using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>A client asks a relay for a lease, asks for more time on one, or gives it back (docs/protocol.md, section 10.1).</summary>
/// <remarks>
/// <code>
/// type 0x48 | length | version 1 | flags 1 | attempt 4
/// </code>
/// Who repeats an attempt gets the same lease again, so the frame can be sent until it is answered. Bytes after it are ignored.
/// </remarks>
/// <param name="Attempt">Drawn by the client for each lease it wants; all 32 bits random.</param>
/// <param name="Forwards">True when the client is a relay and sends for others; it needs the role in its certificate.</param>
/// <param name="Release">True when the client needs the lease no more.</param>
internal readonly record struct RelayLeaseFrame(uint Attempt, bool Forwards, bool Release)
{
    /// <summary>Bytes of the content, what follows type and length.</summary>
    public const int ContentSize = 6;

    private const byte Version = 1;
    private const byte ForwardsBit = 0x01;
    private const byte ReleaseBit = 0x02;

    /// <summary>Reads the content of the frame; false when it is cut short or of another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out RelayLeaseFrame frame)
    {
        frame = default;
        if (content.Length < ContentSize || content[0] != Version)
        {
            return false;
        }

        frame = new RelayLeaseFrame(
            BinaryPrimitives.ReadUInt32BigEndian(content[2..]),
            (content[1] & ForwardsBit) != 0,
            (content[1] & ReleaseBit) != 0);
        return true;
    }

    /// <summary>Writes the content.</summary>
    /// <param name="content">At least <see cref="ContentSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int WriteContent(Span<byte> content)
    {
        content[0] = Version;
        content[1] = (byte)((Forwards ? ForwardsBit : 0) | (Release ? ReleaseBit : 0));
        BinaryPrimitives.WriteUInt32BigEndian(content[2..], Attempt);
        return ContentSize;
    }
}
