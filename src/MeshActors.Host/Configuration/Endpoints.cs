using System;
using System.Globalization;
using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>Endpoints as settings write them.</summary>
internal static class Endpoints
{
    public const string BindForm = "IP:PORT with a port of 0 to 65535, as 127.0.0.1:0 or [::1]:7443";
    public const string HostForm = "HOST:PORT with a port of 1 to 65535, as backbone.example:443 or [2001:db8::1]:443";

    /// <summary>An IP address and a port, which may be 0 and must be said.</summary>
    public static bool TryBind(string text, out IPEndPoint endpoint)
    {
        endpoint = new IPEndPoint(IPAddress.Loopback, 0);
        if (!TrySplit(text, out var host, out var port) || !IPAddress.TryParse(host, out var address))
        {
            return false;
        }

        endpoint = new IPEndPoint(address, port);
        // 127.1 and 010.0.0.1 are addresses to some parsers and not to others.
        return address.ToString().Equals(host, StringComparison.OrdinalIgnoreCase) || host.Contains(':', StringComparison.Ordinal);
    }

    /// <summary>A host name or an IP address, and a port that is not 0.</summary>
    public static bool TryHost(string text, out DnsEndPoint endpoint)
    {
        endpoint = new DnsEndPoint("localhost", 0);
        if (!TrySplit(text, out var host, out var port) || port == 0 || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        endpoint = new DnsEndPoint(host, port);
        return true;
    }

    /// <summary>As <see cref="TryHost"/> reads it.</summary>
    public static string Write(DnsEndPoint endpoint) => endpoint.Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{endpoint.Host}]:{endpoint.Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{endpoint.Host}:{endpoint.Port}");

    private static bool TrySplit(string text, out string host, out ushort port)
    {
        var colon = text.LastIndexOf(':');
        (host, port) = (string.Empty, 0);
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return false;
        }

        host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return host.Contains(':', StringComparison.Ordinal);
        }

        return !host.Contains(':', StringComparison.Ordinal);
    }
}
