using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Addressing;

/// <summary>The way to a node over one of this node's relays, written as an endpoint, so that what knows endpoints knows relays.</summary>
/// <remarks>
/// Made in this process and never sent anywhere; it lies in <c>fd6d:6573:6800::/48</c>, a prefix of RFC 4193 that no network routes.
/// What comes from the network with such a source is dropped.
/// <code>
/// bits  0 to 47   fd6d:6573:6800
/// bits 48 to 63   which relay client of this node
/// bits 64 to 127  realm (16) and mesh address (48) of the node behind the relay
/// port            1
/// </code>
/// </remarks>
internal static class RelayedEndpoint
{
    /// <summary>Clients that can be told apart.</summary>
    public const int MaxClients = 1 << 16;

    /// <summary>The port of each: no socket is meant, but 0 means no endpoint.</summary>
    public const ushort Port = 1;

    private const ulong Prefix = 0xFD6D_6573_6800;

    /// <summary>Names the way over a relay.</summary>
    /// <param name="client">Which relay client of this node, 0 to 65,535.</param>
    /// <param name="target">The node behind that relay.</param>
    public static UdpEndpoint Of(int client, MeshAddress target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(client);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(client, MaxClients);
        return new UdpEndpoint(
            new UInt128((Prefix << 16) | (uint)client, ((ulong)target.Realm << 48) | target.Value), Port);
    }

    /// <summary>Tells which relay client and which target an endpoint stands for.</summary>
    /// <returns>False when it is none of these.</returns>
    public static bool TryRead(in UdpEndpoint endpoint, out int client, out MeshAddress target)
    {
        client = 0;
        target = default;
        var high = (ulong)(endpoint.Bits >> 64);
        if (high >> 16 != Prefix || endpoint.Port != Port || endpoint.ScopeId != 0)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[MeshAddress.Size];
        BinaryPrimitives.WriteUInt64BigEndian(address, (ulong)(endpoint.Bits & ulong.MaxValue));
        client = (int)(high & ushort.MaxValue);
        return MeshAddress.TryRead(address, out target);
    }

    /// <summary>True for a way over a relay.</summary>
    public static bool Is(in UdpEndpoint endpoint) => (ulong)(endpoint.Bits >> 64) >> 16 == Prefix;

    /// <summary>True for what exists in this process alone and never comes from a network: this prefix, those of <see cref="SocketEndpoint"/> and
    /// <see cref="ConnectionEndpoint"/>, and one that is kept free.</summary>
    public static bool IsReserved(in UdpEndpoint endpoint) => (ulong)(endpoint.Bits >> 64) >> 18 == Prefix >> 2;
}
