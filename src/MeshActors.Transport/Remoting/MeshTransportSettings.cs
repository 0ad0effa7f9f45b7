using System;
using System.Collections.Immutable;
using System.Net;
using Akka.Configuration;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Remoting;

/// <summary>The section <c>akka.remote.mesh</c>, read once and checked at start.</summary>
/// <param name="Hostname">What peers call this node, unless <paramref name="PublicHostname"/> is set.</param>
/// <param name="Port">UDP port, 0 for a free one.</param>
/// <param name="PublicHostname">What peers call this node; null for the host name.</param>
/// <param name="PublicPort">The port peers are told; 0 for the port, or the one bound.</param>
/// <param name="BindHostname">What the socket is bound to; null for the host name.</param>
/// <param name="BindPort">What the socket is bound to; null for the port, 0 for a free one.</param>
/// <param name="Realm">Address space of the node.</param>
/// <param name="IdentityPath">File of the root identity; null for one in memory.</param>
/// <param name="FleetSecretFile">File of the fleet secret; null for none.</param>
/// <param name="PinnedRoots">Root keys of peers accepted without the fleet secret.</param>
/// <param name="MaximumPayloadBytes">Largest serialized message.</param>
/// <param name="HighWaterMark">Bytes of messages that may wait for the stream of an association before further ones are refused.</param>
/// <param name="AllowedManifests">Types of messages that peers may send; empty for all.</param>
/// <param name="LargeMessages">Whether large messages go beside the others, so that small ones pass them.</param>
/// <param name="ConnectTimeout">Time to reach a peer and greet it.</param>
/// <param name="MaxTunnels">Tunnels at most, 1 to <see cref="TunnelSettings.MostTunnels"/>.</param>
/// <param name="KeepAliveInterval">Silence after which a tunnel asks for a sign of life.</param>
/// <param name="HandshakeTimeout">Time for one attempt to open a session.</param>
/// <param name="Supervision">How failed tunnels are tried again.</param>
/// <param name="IsNamedByMeshAddress">Whether peers call this node by its mesh address, not by an endpoint.</param>
/// <param name="Relays">Relays over which peers reach this node.</param>
/// <param name="IsRelay">Whether this node forwards for members of its fleet.</param>
/// <param name="RelayFallback">Whether relays may carry streams where no direct path is found.</param>
/// <param name="RelayWebSocketBind">Where a relay takes connections of clients that UDP does not get through from; null for nowhere.</param>
/// <param name="Nat">What the node does to be reached directly.</param>
internal sealed record MeshTransportSettings(
    string Hostname,
    int Port,
    string? PublicHostname,
    int PublicPort,
    string? BindHostname,
    int? BindPort,
    ushort Realm,
    string? IdentityPath,
    string? FleetSecretFile,
    ImmutableArray<RootKey> PinnedRoots,
    int MaximumPayloadBytes,
    int HighWaterMark,
    ImmutableArray<AllowedManifest> AllowedManifests,
    bool LargeMessages,
    TimeSpan ConnectTimeout,
    int MaxTunnels,
    TimeSpan KeepAliveInterval,
    TimeSpan HandshakeTimeout,
    TunnelSupervisionSettings Supervision,
    bool IsNamedByMeshAddress,
    ImmutableArray<RelaySetting> Relays,
    bool IsRelay,
    bool RelayFallback,
    IPEndPoint? RelayWebSocketBind,
    NatSettings Nat)
{
    /// <summary>True when what is bound beside the UDP socket can be reached from this machine alone.</summary>
    public bool IsWebSocketLoopback => RelayWebSocketBind is null || IPAddress.IsLoopback(RelayWebSocketBind.Address);

    /// <summary>Where the section stands.</summary>
    public const string Path = "akka.remote.mesh";

    private const int MinPayloadBytes = 32 * 1024;
    private const int MaxPayloadBytes = 15 * 1024 * 1024;
    private const int MinHighWaterMark = 64 * 1024;
    private const int MaxHighWaterMark = 256 * 1024 * 1024;

    /// <summary>The defaults, which are also the list of known keys.</summary>
    public static Config Defaults { get; } =
        ConfigurationFactory.FromResource<MeshTransport>("transport.reference.conf").GetConfig(Path);

    /// <summary>Reads the section.</summary>
    /// <param name="section">What the user wrote at <see cref="Path"/>.</param>
    /// <param name="akkaHandshakeTimeout">Akka's limit of an association attempt, <c>akka.remote.handshake-timeout</c>.</param>
    /// <exception cref="ConfigurationException">Settings are unknown or out of range; the message names all of them.</exception>
    public static MeshTransportSettings FromConfig(Config section, TimeSpan akkaHandshakeTimeout)
    {
        var reader = new SettingsReader(section, Defaults, Path);
        var settings = new MeshTransportSettings(
            Hostname: reader.Text("hostname"),
            Port: reader.Integer("port", 0, ushort.MaxValue),
            PublicHostname: NullIfEmpty(reader.Text("public-hostname")),
            PublicPort: reader.Integer("public-port", 0, ushort.MaxValue),
            BindHostname: NullIfEmpty(reader.Text("bind-hostname")),
            BindPort: reader.OptionalInteger("bind-port", 0, ushort.MaxValue),
            Realm: (ushort)reader.Integer("realm", 0, Addressing.MeshAddress.MaxRealm),
            IdentityPath: NullIfEmpty(reader.Text("identity-path")),
            FleetSecretFile: NullIfEmpty(reader.Text("fleet-secret-file")),
            PinnedRoots: reader.List(
                "pinned-roots",
                PeerInquiry.MaxPinnedRoots,
                static (string text, out RootKey root) => RootKey.TryParse(text, out root),
                "a root key of 52 characters of base32"),
            MaximumPayloadBytes: reader.Bytes("maximum-payload-bytes", MinPayloadBytes, MaxPayloadBytes),
            HighWaterMark: reader.Bytes("write-buffer-high-water-mark", MinHighWaterMark, MaxHighWaterMark),
            AllowedManifests: reader.List(
                "allowed-manifests",
                ManifestGuard.Most,
                static (string text, out AllowedManifest allowed) => AllowedManifest.TryRead(text, out allowed!),
                "a manifest of 1 to 1,024 characters, with * at its end alone, or serializer:ID"),
            LargeMessages: reader.Flag("large-messages"),
            ConnectTimeout: reader.Duration(
                "connect-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)),
            MaxTunnels: reader.Integer("max-tunnels", 1, TunnelSettings.MostTunnels),
            KeepAliveInterval: reader.Duration(
                "keepalive-interval", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            HandshakeTimeout: reader.Duration(
                "handshake-timeout", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15)),
            Supervision: new TunnelSupervisionSettings(
                ReconnectTimeout: reader.Duration(
                    "reconnect-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
                FirstDelay: reader.Duration(
                    "reconnect-delay", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)),
                LargestDelay: reader.Duration(
                    "reconnect-delay-max", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60))),
            IsNamedByMeshAddress: reader.Choice("naming", ["endpoint", "mesh"]) == "mesh",
            Relays: reader.Sections("relays", RelayClients.Most, ["endpoints", "root", "websocket"], RelayFrom),
            IsRelay: reader.Flag("is-relay"),
            RelayFallback: reader.Flag("relay-fallback"),
            RelayWebSocketBind: BindFrom(reader, "relay-websocket-bind"),
            Nat: new NatSettings(PortMapping: reader.Flag("nat.port-mapping"), Punching: reader.Flag("nat.punching")));

        RequireHostName(reader, "hostname", settings.Hostname);
        RequireHostName(reader, "public-hostname", settings.PublicHostname);
        RequireHostName(reader, "bind-hostname", settings.BindHostname);
        reader.Require(
            settings.Supervision.FirstDelay <= settings.Supervision.LargestDelay,
            "reconnect-delay must not be longer than reconnect-delay-max");
        reader.Require(
            settings.ConnectTimeout < akkaHandshakeTimeout,
            $"connect-timeout must be shorter than akka.remote.handshake-timeout ({akkaHandshakeTimeout.TotalSeconds:0.###} s)");
        reader.Require(
            settings.RelayWebSocketBind is null || settings.IsRelay,
            "relay-websocket-bind is for relays: set is-relay = on, or take it out");
        reader.Require(
            !settings.IsNamedByMeshAddress || (settings.PublicHostname is null && settings.PublicPort == 0),
            "public-hostname and public-port mean nothing with naming = mesh: peers are told the node's mesh address; take them out");
        reader.ThrowIfMistaken();
        return settings;
    }

    private static RelaySetting RelayFrom(SettingsReader reader)
    {
        var endpoints = reader.List<(string Host, ushort Port)>(
            "endpoints",
            RelaySetting.MaxEndpoints,
            RelaySetting.TryParseEndpoint,
            "HOST:PORT with a port from 1 to 65535, as in \"relay.example.org:7400\" or \"[2001:db8::1]:7400\"");
        var root = reader.Text("root");
        RootKey key = default;
        reader.Require(!endpoints.IsEmpty, "a relay needs endpoints: write endpoints = [\"HOST:PORT\"]");
        reader.Require(
            root.Length == 0 || RootKey.TryParse(root, out key), $"root is '{root}'; it must be a root key of 52 characters of base32");
        var webSocket = reader.Text("websocket");
        reader.Require(
            RelayUri.TryOptional(webSocket, out var uri), $"websocket is '{webSocket}'; it must be {RelayUri.Form}, or empty");
        return new RelaySetting(endpoints.IsEmpty ? [(string.Empty, 0)] : endpoints, root.Length == 0 ? null : key)
        {
            WebSocket = uri,
        };
    }

    private static IPEndPoint? BindFrom(SettingsReader reader, string key)
    {
        var text = reader.Text(key);
        var known = IPEndPoint.TryParse(text, out var bind) && bind.ToString() == text;
        reader.Require(
            known || text.Length == 0, $"{key} is '{text}'; it must be IP:PORT with a port from 0 to 65535, as in \"0.0.0.0:443\", or empty");
        return known ? bind : null;
    }

    private static void RequireHostName(SettingsReader reader, string key, string? host) => reader.Require(
        host is null || HostNames.IsValid(host), $"{key} is '{host}'; it must be a host name or an IP address");

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
