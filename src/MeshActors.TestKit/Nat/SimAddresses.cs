using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Nat;

/// <summary>Hands out the addresses of a simulated internet, none twice where they have to differ.</summary>
internal sealed class SimAddresses
{
    /// <summary>45.0.0.1 and on: neither private nor reserved.</summary>
    private const uint Public = 0x2D00_0000;

    /// <summary>100.64.0.1 and on: what carriers have inside (RFC 6598).</summary>
    private const uint Carrier = 0x6440_0000;

    /// <summary>192.168.1.10 and on in every home on the public internet, 192.168.2.10 and on in every home behind one other box.</summary>
    private const uint Home = 0xC0A8_000A;

    /// <summary>2a00::1 and on.</summary>
    private static readonly UInt128 PublicIPv6 = new(0x2A00_0000_0000_0000, 0);

    private uint _public;
    private uint _carrier;
    private uint _ipv6;

    public UInt128 NextPublic() => UdpEndpoint.MappedPrefix | (Public + ++_public);

    public UInt128 NextCarrier() => UdpEndpoint.MappedPrefix | (Carrier + ++_carrier);

    public UInt128 NextIPv6() => PublicIPv6 | ++_ipv6;

    /// <summary>The first address of homes that nobody has in this one.</summary>
    public static UInt128 NextHome(SimSegment home)
    {
        var depth = 0u;
        for (var gate = home.Gate; gate is not null; gate = gate.Outside!.Gate)
        {
            depth++;
        }

        for (var address = Home + (depth << 8); ; address++)
        {
            if (home.Find(UdpEndpoint.MappedPrefix | address) is null)
            {
                return UdpEndpoint.MappedPrefix | address;
            }
        }
    }
}
