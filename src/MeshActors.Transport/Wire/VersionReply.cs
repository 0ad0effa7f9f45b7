using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Layout of the datagram that names the versions a responder speaks; the same in every version (docs/protocol.md 3.5).</summary>
internal static class VersionReply
{
    /// <summary>Bytes of the datagram, always.</summary>
    public const int Size = 44;

    /// <summary>Where mac1 of the message 1 stands that is answered: it names the attempt.</summary>
    public const int MacOffset = 4;

    /// <summary>Where the versions stand, one byte each, the highest first, zeros after the last.</summary>
    public const int VersionsOffset = MacOffset + HandshakeMessage1.MacSize;

    /// <summary>Versions at most.</summary>
    public const int MaxVersions = 8;

    /// <summary>Where the reply's own MAC begins: it covers all before.</summary>
    public const int OwnMacOffset = VersionsOffset + MaxVersions;

    /// <summary>Checks length and clear header of a datagram that may be anything.</summary>
    public static DropReason? Check(ReadOnlySpan<byte> datagram) =>
        datagram.Length != Size ? DropReason.BadLength
        : datagram[0] != DatagramType.VersionReply || datagram[1..MacOffset].ContainsAnyExcept((byte)0) ? DropReason.BadHeader
        : null;

    /// <summary>Writes all but the MAC.</summary>
    /// <param name="datagram">At least <see cref="Size"/> bytes.</param>
    /// <param name="message1">The datagram that is answered, of whatever version.</param>
    /// <param name="versions">One to <see cref="MaxVersions"/>, the highest first.</param>
    public static void Write(Span<byte> datagram, ReadOnlySpan<byte> message1, ReadOnlySpan<byte> versions)
    {
        datagram[..Size].Clear();
        datagram[0] = DatagramType.VersionReply;
        HandshakeMessage1.Mac1Of(message1).CopyTo(datagram[MacOffset..]);
        versions.CopyTo(datagram[VersionsOffset..OwnMacOffset]);
    }

    /// <summary>The versions that a datagram names.</summary>
    /// <param name="datagram">One that <see cref="Check"/> lets pass.</param>
    public static ReadOnlySpan<byte> VersionsOf(ReadOnlySpan<byte> datagram)
    {
        var all = datagram[VersionsOffset..OwnMacOffset];
        var end = all.IndexOf((byte)0);
        return end < 0 ? all : all[..end];
    }
}
