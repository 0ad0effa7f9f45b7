using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>What each side tells the other in its sealed handshake payload (docs/protocol.md 3).</summary>
/// <param name="Incarnation">Which state of the tunnel's streams the sender has.</param>
/// <param name="ConnectionId">What the reader writes into its packets.</param>
/// <param name="Features">Feature bits; those without a meaning are ignored.</param>
internal readonly record struct HandshakeFields(ulong Incarnation, ulong ConnectionId, uint Features)
{
    /// <summary>Bytes before the certificate, its length included.</summary>
    public const int Size = 22;

    /// <summary>Reads the fields and the certificate's bytes after them.</summary>
    /// <returns>False when there are fewer bytes than the certificate's length says.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> source, out HandshakeFields fields, out ReadOnlySpan<byte> certificate)
    {
        fields = default;
        certificate = default;
        if (source.Length < Size)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(source[20..]);
        if (source.Length < Size + length)
        {
            return false;
        }

        fields = new HandshakeFields(
            BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[16..]));
        certificate = source.Slice(Size, length);
        return true;
    }

    /// <summary>Writes the fields and the certificate's length.</summary>
    /// <returns>Where the certificate goes.</returns>
    public Span<byte> Write(Span<byte> destination, int certificateSize)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], ConnectionId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Features);
        BinaryPrimitives.WriteUInt16BigEndian(destination[20..], (ushort)certificateSize);
        return destination.Slice(Size, certificateSize);
    }
}
