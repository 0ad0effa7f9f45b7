using System;
using System.Collections.Immutable;
using System.Net;
using MeshActors.Transport.Identity;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Host.Configuration;

/// <summary>One element of <c>mesh.networking.relays</c>: a relay this node keeps a lease at.</summary>
/// <param name="Endpoints">1 to 8 places it may be reached at.</param>
/// <param name="Root">Its root key, or null when the fleet secret admits it.</param>
/// <param name="WebSocket">Where it takes connections for when UDP does not get through; null for nowhere.</param>
internal sealed record RelayEntry(ImmutableArray<DnsEndPoint> Endpoints, RootKey? Root, Uri? WebSocket)
{
    /// <summary>Relays of one node.</summary>
    public const int Most = 8;

    private const int MostEndpoints = 8;

    public static RelayEntry FromConfig(SectionReader section)
    {
        var endpoints = section.List<DnsEndPoint>(
            "endpoints", MostEndpoints, Configuration.Endpoints.HostForm, Configuration.Endpoints.TryHost);
        section.Require(
            "endpoints", endpoints.Length > 0, "names no endpoint", "1 to 8 of " + Configuration.Endpoints.HostForm);
        return new RelayEntry(
            endpoints,
            section.Value<RootKey?>("root", RootKeys.Form + ", or nothing", RootKeys.TryOptional),
            section.Value<Uri?>("websocket", RelayUri.Form + ", or nothing", RelayUri.TryOptional));
    }
}
