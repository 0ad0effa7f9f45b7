using System;

namespace MeshActors.Transport.Addressing;

/// <summary>An IPv4 endpoint as a further socket of this node reaches it: one of those opened to be found by a peer behind a NAT.</summary>
/// <remarks>
/// Made in this process and never sent anywhere, as <see cref="RelayedEndpoint"/>; it lies in <c>fd6d:6573:6801::/48</c>.
/// <code>
/// bits  0 to 47   fd6d:6573:6801
/// bits 48 to 63   which socket
/// bits 64 to 95   0
/// bits 96 to 127  IPv4 address
/// port            the port
/// </code>
/// </remarks>
internal static class SocketEndpoint
{
    /// <summary>Sockets that can be told apart.</summary>
    public const int MaxSockets = 1 << 16;

    private const ulong Prefix = 0xFD6D_6573_6801;

    /// <summary>Names an endpoint as a socket reaches it.</summary>
    /// <param name="socket">Which further socket of this node, 0 to 65,535.</param>
    /// <param name="remote">An IPv4 endpoint.</param>
    public static UdpEndpoint Of(int socket, in UdpEndpoint remote)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(socket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(socket, MaxSockets);
        if (!remote.IsIPv4)
        {
            throw new ArgumentException("Further sockets are of IPv4.", nameof(remote));
        }

        return new UdpEndpoint(
            new UInt128((Prefix << 16) | (uint)socket, (ulong)(remote.Bits & uint.MaxValue)), remote.Port);
    }

    /// <summary>Tells which socket and which endpoint one of these stands for.</summary>
    /// <returns>False when it is none of these.</returns>
    public static bool TryRead(in UdpEndpoint endpoint, out int socket, out UdpEndpoint remote)
    {
        socket = 0;
        remote = default;
        var high = (ulong)(endpoint.Bits >> 64);
        var low = (ulong)(endpoint.Bits & ulong.MaxValue);
        if (high >> 16 != Prefix || low > uint.MaxValue || endpoint.Port == 0 || endpoint.ScopeId != 0)
        {
            return false;
        }

        socket = (int)(high & ushort.MaxValue);
        remote = new UdpEndpoint(UdpEndpoint.MappedPrefix | low, endpoint.Port);
        return true;
    }
}
