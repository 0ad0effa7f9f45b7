using System;
using System.Buffers.Binary;

namespace MeshActors.LinkLab.Link;

/// <summary>Sets "congestion experienced" in an IPv4 header (RFC 3168, section 5).</summary>
internal static class Ipv4Mark
{
    private const int ServiceOffset = 1;
    private const int ChecksumOffset = 10;
    private const int ShortestHeader = 20;
    private const int EcnBits = 0b11;

    /// <returns>False when the packet is no IPv4 or does not allow marks; it is unchanged then.</returns>
    public static bool TrySet(Span<byte> packet)
    {
        if (packet.Length < ShortestHeader || packet[0] >> 4 != 4 || (packet[ServiceOffset] & EcnBits) == 0)
        {
            return false;
        }

        packet[ServiceOffset] |= EcnBits;
        packet[ChecksumOffset] = packet[ChecksumOffset + 1] = 0;
        var header = packet[..Math.Min(packet.Length, (packet[0] & 0xF) * 4)];
        var sum = 0u;
        for (var at = 0; at + 1 < header.Length; at += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[at..]);
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumOffset..], (ushort)(~sum & ushort.MaxValue));
        return true;
    }
}
