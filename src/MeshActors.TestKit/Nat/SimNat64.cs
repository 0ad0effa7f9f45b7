using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>Lets hosts with IPv6 alone reach IPv4 by addresses behind 64:ff9b::/96 (RFC 6146, RFC 6052); IPv6 passes as it is.</summary>
internal sealed class SimNat64 : ISimBox
{
    private static readonly UInt128 Prefix = new(0x0064_FF9B_0000_0000, 0);

    private readonly SimNat _nat;

    public SimNat64(NatSettings settings, IReadOnlyList<UInt128> addresses, SimRandom random)
    {
        _nat = new SimNat(settings, addresses, random);
    }

    public IReadOnlyList<UInt128> OutsideAddresses => _nat.OutsideAddresses;

    /// <summary>The IPv6 address under which hosts inside reach an IPv4 endpoint.</summary>
    public static UdpEndpoint Embed(UdpEndpoint ipv4) => ipv4 with { Bits = Prefix | (uint)(ipv4.Bits & uint.MaxValue) };

    /// <summary>The IPv4 endpoint that an address behind the prefix stands for.</summary>
    /// <returns>False for any other address.</returns>
    public static bool TryExtract(UdpEndpoint endpoint, out UdpEndpoint ipv4)
    {
        ipv4 = endpoint with { Bits = UdpEndpoint.MappedPrefix | (uint)(endpoint.Bits & uint.MaxValue) };
        return endpoint.Bits >> 32 == Prefix >> 32;
    }

    public bool Shows(UInt128 insideAddress) => true;

    public BoxVerdict HandleOutbound(ref SimPacket packet, MonoTime now)
    {
        if (!TryExtract(packet.To, out var ipv4))
        {
            return BoxVerdict.Pass;
        }

        packet = packet with { To = ipv4 };
        var verdict = _nat.HandleOutbound(ref packet, now);
        if (verdict == BoxVerdict.TurnBack && packet.From.IsIPv4)
        {
            packet = packet with { From = Embed(packet.From) };
        }

        return verdict;
    }

    public BoxVerdict HandleInbound(ref SimPacket packet, MonoTime now)
    {
        if (!packet.To.IsIPv4)
        {
            return BoxVerdict.Pass;
        }

        var verdict = _nat.HandleInbound(ref packet, now);
        if (verdict == BoxVerdict.Pass)
        {
            packet = packet with { From = Embed(packet.From) };
        }

        return verdict;
    }

    public void Restart() => _nat.Restart();
}
