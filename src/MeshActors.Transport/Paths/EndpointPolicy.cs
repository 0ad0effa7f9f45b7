using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Paths;

/// <summary>Which endpoints that another node names may be sent to.</summary>
/// <remarks>An address that holds an IPv4 address, of a translator (RFC 6052, RFC 8215) or of 6to4 (RFC 3056), is judged as that one.</remarks>
internal static class EndpointPolicy
{
    private static readonly (UInt128 Bits, int Length)[] Never =
    [
        Prefix4(0, 8), Prefix4(0xE000_0000, 3), (UInt128.Zero, 128), Prefix6(0xFF00, 8), Prefix6(0x0100, 64),
    ];

    private static readonly (UInt128 Bits, int Length)[] Private =
    [
        Prefix4(0x0A00_0000, 8), Prefix4(0xAC10_0000, 12), Prefix4(0xC0A8_0000, 16), Prefix4(0x6440_0000, 10),
        Prefix4(0xA9FE_0000, 16), Prefix6(0xFC00, 7), Prefix6(0xFE80, 10), Prefix6(0xFEC0, 10),
    ];

    private static readonly UInt128 Translated = new(0x0064_FF9B_0000_0000, 0);
    private static readonly UInt128 SixToFour = new(0x2002_0000_0000_0000, 0);

    /// <summary>Says whether challenges may go there.</summary>
    /// <param name="endpoint">What the peer named.</param>
    /// <param name="isMember">Whether it proved this node's own fleet: only then private addresses count.</param>
    /// <param name="onLoopback">Whether the peer was met on this machine: only then loopback addresses count.</param>
    public static bool Allows(UdpEndpoint endpoint, bool isMember, bool onLoopback)
    {
        if (endpoint.Port == 0 || RelayedEndpoint.IsReserved(endpoint))
        {
            return false;
        }

        var plain = endpoint with { Bits = Embedded(endpoint.Bits) };
        if (plain.IsLoopback)
        {
            return onLoopback;
        }

        return !IsIn(Never, plain.Bits) && (isMember || !IsIn(Private, plain.Bits));
    }

    private static UInt128 Embedded(UInt128 bits)
    {
        if (bits >> 32 == Translated >> 32)
        {
            return UdpEndpoint.MappedPrefix | (bits & uint.MaxValue);
        }

        return bits >> 112 == SixToFour >> 112 ? UdpEndpoint.MappedPrefix | ((bits >> 80) & uint.MaxValue) : bits;
    }

    private static bool IsIn((UInt128 Bits, int Length)[] prefixes, UInt128 bits)
    {
        foreach (var (prefix, length) in prefixes)
        {
            if (bits >> (128 - length) == prefix >> (128 - length))
            {
                return true;
            }
        }

        return false;
    }

    private static (UInt128 Bits, int Length) Prefix4(uint address, int length) =>
        (UdpEndpoint.MappedPrefix | address, 96 + length);

    private static (UInt128 Bits, int Length) Prefix6(ushort first, int length) => (new UInt128((ulong)first << 48, 0), length);
}
