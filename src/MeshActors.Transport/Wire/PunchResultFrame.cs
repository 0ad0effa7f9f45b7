using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>PUNCH_RESULT: says that a node does not take part in an attempt, and why (docs/protocol.md, section 6.9).</summary>
/// <remarks>
/// <code>
/// version 1 | refusal 1 | attempt 8
/// </code>
/// Bytes after it are ignored.
/// </remarks>
/// <param name="Attempt">Which.</param>
/// <param name="Refusal">Why; never <see cref="PunchRefusal.None"/>.</param>
internal readonly record struct PunchResultFrame(ulong Attempt, PunchRefusal Refusal)
{
    /// <summary>Bytes of the content, what follows type and length.</summary>
    public const int ContentSize = 10;

    private const byte Version = 1;

    /// <summary>Reads the content of a frame.</summary>
    /// <returns>False when it is cut short, or of another version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out PunchResultFrame frame)
    {
        frame = default;
        if (content.Length < ContentSize || content[0] != Version)
        {
            return false;
        }

        var refusal = (PunchRefusal)content[1];
        frame = new PunchResultFrame(
            BinaryPrimitives.ReadUInt64BigEndian(content[2..]),
            refusal is > PunchRefusal.None and <= PunchRefusal.NotTrusted ? refusal : PunchRefusal.NotUnderstood);
        return true;
    }

    /// <summary>Writes the content.</summary>
    /// <param name="content">At least <see cref="ContentSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int WriteContent(Span<byte> content)
    {
        content[0] = Version;
        content[1] = (byte)Refusal;
        BinaryPrimitives.WriteUInt64BigEndian(content[2..], Attempt);
        return ContentSize;
    }
}
