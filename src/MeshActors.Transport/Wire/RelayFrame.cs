using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>The head of a datagram on its way over a relay (docs/protocol.md, section 10).</summary>
/// <remarks>
/// <code>
/// 0      1         5            13        15          19       27
/// +------+---------+------------+---------+-----------+--------+----------+
/// | type | lease 4 | peer 8     | relay 2 | counter 4 | tag 8  | datagram |
/// +------+---------+------------+---------+-----------+--------+----------+
/// </code>
/// The type tells the direction, because both ends may be relays and number leases each for themselves.
/// </remarks>
/// <param name="Type"><see cref="DatagramType.ToRelay"/> or <see cref="DatagramType.FromRelay"/>.</param>
/// <param name="Lease">The lease under whose key the tag is, as the relay numbers it.</param>
/// <param name="Peer">To a relay: for whom. From a relay: who sent it, stamped there.</param>
/// <param name="Relay">To a relay: where the peer is leased, as the relay numbers those it forwards to, 0 for itself. From a relay:
/// where the datagram entered, numbered alike.</param>
/// <param name="Counter">Low 32 bits of the frames under the lease in this direction; none is used twice.</param>
internal readonly record struct RelayFrame(byte Type, uint Lease, MeshAddress Peer, ushort Relay, uint Counter)
{
    /// <summary>Bytes before the datagram.</summary>
    public const int Size = TagOffset + TagSize;

    /// <summary>Bytes before the tag: all of them are under it, as is the datagram.</summary>
    public const int TagOffset = 19;

    public const int TagSize = 8;

    /// <summary>Between relays the address of the sender stands before the datagram, for <see cref="Peer"/> is the target.</summary>
    public const int SourceSize = MeshAddress.Size;

    /// <summary>Largest datagram in a frame: what UDP carries, without this and the sender's address.</summary>
    public const int MaxDatagram = 65_507 - Size - SourceSize;

    private const int LeaseOffset = 1;
    private const int PeerOffset = 5;
    private const int RelayOffset = 13;
    private const int CounterOffset = 15;

    /// <summary>Reads the head of a datagram that may be anything.</summary>
    /// <param name="datagram">All of it.</param>
    /// <param name="type">The direction that is expected.</param>
    /// <param name="frame">What stands there, unverified.</param>
    public static DropReason? TryRead(ReadOnlySpan<byte> datagram, byte type, out RelayFrame frame)
    {
        frame = default;
        if (datagram.Length is <= Size or > Size + SourceSize + MaxDatagram)
        {
            return DropReason.BadLength;
        }

        if (datagram[0] != type || !MeshAddress.TryRead(datagram[PeerOffset..], out var peer))
        {
            return DropReason.BadHeader;
        }

        frame = new RelayFrame(
            type,
            BinaryPrimitives.ReadUInt32BigEndian(datagram[LeaseOffset..]),
            peer,
            BinaryPrimitives.ReadUInt16BigEndian(datagram[RelayOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[CounterOffset..]));
        return null;
    }

    /// <summary>Writes all but the tag.</summary>
    /// <param name="destination">At least <see cref="TagOffset"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination[0] = Type;
        BinaryPrimitives.WriteUInt32BigEndian(destination[LeaseOffset..], Lease);
        Peer.Write(destination[PeerOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[RelayOffset..], Relay);
        BinaryPrimitives.WriteUInt32BigEndian(destination[CounterOffset..], Counter);
    }
}
