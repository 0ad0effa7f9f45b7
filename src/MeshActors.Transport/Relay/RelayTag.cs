using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>The tag of a relayed frame: who knows the key of the direction made it (docs/protocol.md, section 10.2).</summary>
/// <remarks>
/// The first 8 of 16 bytes of keyed BLAKE2b over the head without its tag, the sender's address where one stands, and the digest of the datagram. A relay computes
/// the digest once for both legs: of a long datagram that is half of all.
/// </remarks>
internal static class RelayTag
{
    /// <summary>Bytes of a datagram's digest, BLAKE2b without a key.</summary>
    public const int DigestSize = Blake2bLanes.DigestSize;

    /// <summary>Bytes under the key at most: a head with the sender's address, and the digest.</summary>
    public const int MostTagged = RelayFrame.TagOffset + RelayFrame.SourceSize + DigestSize;

    /// <summary>Writes the tag of a frame whose head was written.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="frame">All of it.</param>
    /// <param name="head">Bytes before the datagram.</param>
    public static void Write(ReadOnlySpan<byte> key, Span<byte> frame, int head) => Put(frame, Compute(key, frame, head));

    /// <summary>Tells whether a frame has the tag that it must have.</summary>
    /// <inheritdoc cref="Write"/>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> frame, int head) => Compute(key, frame, head) == Of(frame);

    /// <summary>The tag that stands in a frame.</summary>
    public static ulong Of(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64BigEndian(frame[RelayFrame.TagOffset..]);

    /// <summary>Puts a tag into a frame.</summary>
    public static void Put(Span<byte> frame, ulong tag) =>
        BinaryPrimitives.WriteUInt64BigEndian(frame[RelayFrame.TagOffset..], tag);

    /// <summary>Puts side by side what is under the key.</summary>
    /// <param name="frame">Its head at least.</param>
    /// <param name="head">Bytes before the datagram.</param>
    /// <param name="digest">Of the datagram.</param>
    /// <param name="tagged">Room for <see cref="MostTagged"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Gather(ReadOnlySpan<byte> frame, int head, ReadOnlySpan<byte> digest, Span<byte> tagged)
    {
        frame[..RelayFrame.TagOffset].CopyTo(tagged);
        frame[RelayFrame.Size..head].CopyTo(tagged[RelayFrame.TagOffset..]);
        digest.CopyTo(tagged[(head - RelayFrame.TagSize)..]);
        return head - RelayFrame.TagSize + DigestSize;
    }

    /// <summary>Computes a tag from what is under the key.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> tagged)
    {
        Span<byte> tag = stackalloc byte[Blake2bLanes.HashSize];
        Sodium.Blake2bMac(key, tagged, tag);
        return BinaryPrimitives.ReadUInt64BigEndian(tag);
    }

    private static ulong Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> frame, int head)
    {
        Span<byte> digest = stackalloc byte[DigestSize];
        Span<byte> tagged = stackalloc byte[MostTagged];
        Sodium.Blake2b(frame[head..], digest);
        return Compute(key, tagged[..Gather(frame, head, digest, tagged)]);
    }
}
