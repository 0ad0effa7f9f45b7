using System;

namespace MeshActors.Transport.Addressing;

/// <summary>A connection between this node and another, over which datagrams go where UDP does not get through, written as an endpoint.</summary>
/// <remarks>
/// Made in this process and never sent anywhere, as <see cref="RelayedEndpoint"/>; it lies in <c>fd6d:6573:6802::/48</c>.
/// <code>
/// bits  0 to 47   fd6d:6573:6802
/// bits 48 to 79   which connection of this node
/// bits 80 to 127  the network that it came from: what comes from one network shares its quotas; 0 where this node opened it
/// port            1
/// </code>
/// </remarks>
internal static class ConnectionEndpoint
{
    /// <summary>The port of each: no socket is meant, but 0 means no endpoint.</summary>
    public const ushort Port = 1;

    /// <summary>How long UDP has for an answer before a connection is asked for, or asked over, as well.</summary>
    public static readonly TimeSpan UdpPatience = TimeSpan.FromMilliseconds(300);

    private const ulong Prefix = 0xFD6D_6573_6802;
    private const ulong NumberMask = 0xFFFF;
    private const int SourceBits = 48;

    /// <summary>Names a connection.</summary>
    /// <param name="number">Which connection of this node.</param>
    /// <param name="source">The network it came from, 48 bits; see <see cref="SourceOf"/>.</param>
    public static UdpEndpoint Of(uint number, ulong source = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, 1ul << SourceBits);
        return new UdpEndpoint(new UInt128((Prefix << 16) | (number >> 16), ((number & NumberMask) << SourceBits) | source), Port);
    }

    /// <summary>Tells which connection an endpoint stands for.</summary>
    /// <returns>False when it is none of these.</returns>
    public static bool TryRead(in UdpEndpoint endpoint, out uint number)
    {
        var high = (ulong)(endpoint.Bits >> 64);
        var low = (ulong)(endpoint.Bits & ulong.MaxValue);
        number = ((uint)(high & NumberMask) << 16) | (uint)(low >> SourceBits);
        return high >> 16 == Prefix && endpoint.Port == Port && endpoint.ScopeId == 0;
    }

    /// <summary>The network of an endpoint of the real world: /24 of IPv4, /48 of IPv6.</summary>
    public static ulong SourceOf(in UdpEndpoint remote) => remote.IsIPv4
        ? (ulong)(remote.Bits & uint.MaxValue) >> 8
        : (ulong)(remote.Bits >> (128 - SourceBits));

    /// <summary>What stands for all connections from the network that one came from.</summary>
    public static UInt128 SharedBits(in UdpEndpoint connection) =>
        new(Prefix << 16, (ulong)(connection.Bits & ulong.MaxValue) & ((1ul << SourceBits) - 1));
}
