using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>The tag of a punch datagram: who knows the key of the attempt made it (docs/protocol.md, section 6.9).</summary>
internal static class PunchTag
{
    /// <summary>Computes the tag of a datagram whose head was written.</summary>
    /// <param name="key">Of the attempt.</param>
    /// <param name="datagram">At least <see cref="PunchDatagram.TaggedSize"/> bytes.</param>
    /// <param name="ofProposer">Whether it is one of who proposed the attempt.</param>
    public static ulong Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> datagram, bool ofProposer)
    {
        Span<byte> tagged = stackalloc byte[PunchDatagram.TaggedSize + 1];
        Span<byte> tag = stackalloc byte[16];
        datagram[..PunchDatagram.TaggedSize].CopyTo(tagged);
        tagged[^1] = ofProposer ? (byte)1 : (byte)2;
        Sodium.Blake2bMac(key, tagged, tag);
        return BinaryPrimitives.ReadUInt64BigEndian(tag);
    }
}
