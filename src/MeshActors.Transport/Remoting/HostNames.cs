using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Transport.Remoting;

/// <summary>Host names and IP addresses as Akka addresses and settings carry them.</summary>
internal static class HostNames
{
    /// <summary>Addresses of one host name that are tried, at most.</summary>
    public const int MaxAddresses = 8;

    /// <summary>True for an IP address, with or without the brackets of IPv6, and for a well-formed host name.</summary>
    public static bool IsValid(string host) => Uri.CheckHostName(Bare(host)) != UriHostNameType.Unknown;

    /// <summary>The form Akka addresses carry: lower case, IPv6 in brackets.</summary>
    public static string AkkaForm(string host) =>
        IPAddress.TryParse(Bare(host), out var address)
            ? AkkaForm(address)
            : host.ToLowerInvariant();

    /// <inheritdoc cref="AkkaForm(string)"/>
    public static string AkkaForm(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    /// <summary>All addresses of a host, IPv4 first, at most <see cref="MaxAddresses"/>.</summary>
    /// <returns>Empty when there is no such host.</returns>
    public static async Task<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(Bare(host), out var address))
        {
            return [address];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            return
            [
                .. addresses
                    .OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                    .Take(MaxAddresses),
            ];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static string Bare(string host) =>
        host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
}
