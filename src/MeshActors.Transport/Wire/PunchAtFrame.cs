using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>PUNCH_AT: asks a peer to try for a direct path together now, and consents to that (docs/protocol.md, section 6.9).</summary>
/// <remarks>
/// <code>
/// version 1 | flags 1 | technique 1 | zero 1 | attempt 8 | delay 2 | ports 24 | key 32
/// </code>
/// The key stands in the proposal; in the answer these bytes are zero. Bytes after it are ignored.
/// </remarks>
/// <param name="Attempt">Drawn by who proposes.</param>
/// <param name="IsAnswer">True for the consent.</param>
/// <param name="Technique">What is to be tried.</param>
/// <param name="DelayMs">How long after it has sent this the sender begins; only in an answer, at most <see cref="MostDelayMs"/>.</param>
/// <param name="Ports">Of the sender.</param>
internal readonly record struct PunchAtFrame(
    ulong Attempt, bool IsAnswer, PunchTechnique Technique, int DelayMs, PunchPorts Ports)
{
    /// <summary>Bytes of the key of an attempt.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the content, what follows type and length.</summary>
    public const int ContentSize = KeyOffset + KeySize;

    /// <summary>Longest delay.</summary>
    public const int MostDelayMs = 1_000;

    private const byte Version = 1;
    private const byte AnswerBit = 0x01;
    private const int AttemptOffset = 4;
    private const int DelayOffset = 12;
    private const int PortsOffset = 14;
    private const int KeyOffset = PortsOffset + PunchPorts.Size;

    /// <summary>Reads the content of a frame.</summary>
    /// <returns>False when it is cut short, of another version, or means nothing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out PunchAtFrame frame)
    {
        frame = default;
        if (content.Length < ContentSize
            || content[0] != Version
            || (PunchTechnique)content[2] is not (PunchTechnique.Predicted or PunchTechnique.Birthday or PunchTechnique.BothRandom)
            || !PunchPorts.TryRead(content[PortsOffset..], out var ports))
        {
            return false;
        }

        frame = new PunchAtFrame(
            BinaryPrimitives.ReadUInt64BigEndian(content[AttemptOffset..]),
            (content[1] & AnswerBit) != 0,
            (PunchTechnique)content[2],
            Math.Min(MostDelayMs, (int)BinaryPrimitives.ReadUInt16BigEndian(content[DelayOffset..])),
            ports);
        return true;
    }

    /// <summary>The key in a content that was read.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> content) => content.Slice(KeyOffset, KeySize);

    /// <summary>Writes the content.</summary>
    /// <param name="content">At least <see cref="ContentSize"/> bytes.</param>
    /// <param name="key">Of the attempt, <see cref="KeySize"/> bytes; empty in an answer.</param>
    /// <returns>Bytes written.</returns>
    public int WriteContent(Span<byte> content, ReadOnlySpan<byte> key)
    {
        content[..ContentSize].Clear();
        content[0] = Version;
        content[1] = IsAnswer ? AnswerBit : (byte)0;
        content[2] = (byte)Technique;
        BinaryPrimitives.WriteUInt64BigEndian(content[AttemptOffset..], Attempt);
        BinaryPrimitives.WriteUInt16BigEndian(content[DelayOffset..], (ushort)DelayMs);
        Ports.Write(content[PortsOffset..]);
        key.CopyTo(content[KeyOffset..]);
        return ContentSize;
    }
}
