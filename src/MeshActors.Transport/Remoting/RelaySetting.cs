using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Remoting;

/// <summary>A relay as <c>akka.remote.mesh.relays</c> names it.</summary>
/// <param name="Endpoints">Where it may be: host names or IP addresses, each with a port; at least one.</param>
/// <param name="Root">The root key that must answer there; null takes any member of the fleet and any pinned root.</param>
internal sealed record RelaySetting(ImmutableArray<(string Host, ushort Port)> Endpoints, RootKey? Root)
{
    /// <summary>Where it takes connections for when UDP does not get through; null for nowhere.</summary>
    public Uri? WebSocket { get; init; }

    /// <summary>Endpoints of one relay.</summary>
    public const int MaxEndpoints = PeerRecord.MaxEndpoints;

    /// <summary>Its first endpoint, as it is written.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Endpoints[0].Host}:{Endpoints[0].Port}");

    /// <summary>Reads <c>HOST:PORT</c>, with an IPv6 address in brackets.</summary>
    public static bool TryParseEndpoint(string text, out (string Host, ushort Port) endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0
            || !HostNames.IsValid(text[..colon])
            || (text[..colon].Contains(':', StringComparison.Ordinal) && text[0] != '['))
        {
            return false;
        }

        endpoint = (text[..colon], port);
        return true;
    }

    /// <summary>Where it is now, at most <see cref="MaxEndpoints"/>; empty when none of its names can be resolved. Addresses need no waiting.</summary>
    public async ValueTask<IReadOnlyList<UdpEndpoint>> ResolveAsync(CancellationToken cancellation)
    {
        var found = new List<UdpEndpoint>();
        foreach (var (host, port) in Endpoints)
        {
            foreach (var address in await HostNames.ResolveAsync(host, cancellation).ConfigureAwait(false))
            {
                var endpoint = UdpEndpoint.From(address, port);
                if (found.Count < MaxEndpoints && !found.Contains(endpoint))
                {
                    found.Add(endpoint);
                }
            }
        }

        return found;
    }
}
