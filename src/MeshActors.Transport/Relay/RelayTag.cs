using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>The tag of a relayed frame: who knows the key of the direction made it (docs/protocol.md, section 10.2).</summary>
/// <remarks>
/// The first 8 of 16 bytes of keyed BLAKE2b over the head without its tag and the datagram. To have both side by side without copying the datagram, the
/// head is moved over the tag for as long as it takes.
/// </remarks>
internal static class RelayTag
{
    /// <summary>Writes the tag of a frame whose head was written.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="frame">All of it, more than <see cref="RelayFrame.Size"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> key, Span<byte> frame) => Put(frame, Compute(key, frame));

    /// <summary>Tells whether a frame has the tag that it must have; it stays as it is.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, Span<byte> frame)
    {
        var tag = Of(frame);
        var computed = Compute(key, frame);
        Put(frame, tag);
        return computed == tag;
    }

    /// <summary>The tag that stands in a frame.</summary>
    public static ulong Of(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64BigEndian(frame[RelayFrame.TagOffset..]);

    /// <summary>Puts a tag into a frame.</summary>
    public static void Put(Span<byte> frame, ulong tag) =>
        BinaryPrimitives.WriteUInt64BigEndian(frame[RelayFrame.TagOffset..], tag);

    /// <summary>Computes a tag; the one in the frame is lost.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key, Span<byte> frame)
    {
        Span<byte> head = stackalloc byte[RelayFrame.TagOffset];
        Span<byte> tag = stackalloc byte[2 * RelayFrame.TagSize];
        frame[..RelayFrame.TagOffset].CopyTo(head);
        head.CopyTo(frame[RelayFrame.TagSize..]);
        Sodium.Blake2bMac(key, frame[RelayFrame.TagSize..], tag);
        head.CopyTo(frame);
        return BinaryPrimitives.ReadUInt64BigEndian(tag);
    }
}
