using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Nodes;

/// <summary>Who a <see cref="TunnelNode"/> is, where it listens, whom it trusts and what it serves.</summary>
/// <remarks>
/// At least one of <see cref="FleetSecretFiles"/> and <see cref="PinnedRoots"/> is needed: a node trusts nobody by itself. Values are checked
/// when the node starts.
/// </remarks>
public sealed class TunnelNodeOptions
{
    /// <summary>Fleet secrets at most: the current one and the one it replaces or is replaced by.</summary>
    public const int MaxFleetSecrets = TrustSettings.MaxFleetSecrets;

    /// <summary>Pinned root keys at most.</summary>
    public const int MaxPinnedRoots = PeerInquiry.MaxPinnedRoots;

    /// <summary>Relays at most.</summary>
    public const int MaxRelays = 8;

    /// <summary>Largest <see cref="ConcurrentRequests"/>.</summary>
    public const int MaxConcurrentRequests = 65_536;

    /// <summary>UDP endpoints to listen at, one to eight; port 0 picks a free port. By default a free port of 127.0.0.1.</summary>
    public IReadOnlyList<IPEndPoint> Binds { get; init; } = [new IPEndPoint(IPAddress.Loopback, 0)];

    /// <summary>The address space, 0 (the default) to <see cref="Addressing.MeshAddress.MaxRealm"/>; nodes of other realms are not let in.</summary>
    public ushort Realm { get; init; }

    /// <summary>File of the root key, made when there is none; null (the default) for an identity that ends with the process.</summary>
    public string? IdentityPath { get; init; }

    /// <summary>Files that hold a fleet secret, none to <see cref="MaxFleetSecrets"/>, the current one first; see <see cref="TunnelNode.CreateFleetSecret"/>.</summary>
    public IReadOnlyList<string> FleetSecretFiles { get; init; } = [];

    /// <summary>Nodes that are let in without a fleet secret, none to <see cref="MaxPinnedRoots"/>; they must pin this node's root too.</summary>
    public IReadOnlyList<RootKey> PinnedRoots { get; init; } = [];

    /// <summary>
    /// Relays to keep a lease at, none (the default) to <see cref="MaxRelays"/>, best two in places that do not fail together. Peers reach the node over them when they cannot
    /// reach it directly, and until they do.
    /// </summary>
    public IReadOnlyList<TunnelPeer> Relays { get; init; } = [];

    /// <summary>Whether the node forwards datagrams between members of its fleet, false by default. It cannot read them. Its endpoints have to be reachable by all of them.</summary>
    public bool IsRelay { get; init; }

    /// <summary>
    /// Whether relays may carry requests while no direct path is found, true by default. When false, on either side of a tunnel, they carry what opens tunnels and finds direct
    /// paths and nothing else: requests wait up to <see cref="DirectTimeout"/>, then the tunnel ends as <see cref="PeerTunnelError.NoDirectPath"/>. About one pair of nodes
    /// in ten has no direct path.
    /// </summary>
    public bool RelayFallback { get; init; } = true;

    /// <summary>How long requests wait for a direct path when no relay may carry them, 1 s to 5 minutes, by default 15 s.</summary>
    public TimeSpan DirectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// TCP endpoint where a relay takes connections of clients that UDP does not get through from, as a WebSocket over TLS at the path <c>/mesh</c>; port 0 picks a free port, 443 is the one that
    /// firewalls let out. Null (the default) for none. Only with <see cref="IsRelay"/>.
    /// </summary>
    public IPEndPoint? RelayWebSocketBind { get; init; }

    /// <summary>
    /// Certificate, with its key, that those clients are shown; null (the default) makes one at start. Nodes take any, for they know each other by their root keys; some firewalls do not. It stays the
    /// program's to dispose, after the node.
    /// </summary>
    public X509Certificate2? RelayWebSocketCertificate { get; init; }

    /// <summary>
    /// Whether the gateway of the local network is asked to let others in to this node's port, true by default (PCP, NAT-PMP or UPnP; given back when the node stops). A node that is bound
    /// to loopback alone never asks.
    /// </summary>
    public bool PortMapping { get; init; } = true;

    /// <summary>
    /// Whether the node takes part in guessing ports where NATs give each peer another one, true by default: up to 200 datagrams of 64 bytes a second, for a few seconds, agreed with the
    /// peer. When false, on either side, such pairs of nodes stay on their relay. Paths that need no guessing are found all the same.
    /// </summary>
    public bool Punching { get; init; } = true;

    /// <summary>Answers requests of peers; null (the default) refuses them.</summary>
    public ServeRequest? Serve { get; init; }

    /// <summary>Requests of all peers that are served at a time, 1 to <see cref="MaxConcurrentRequests"/>, by default 1,024. Others wait, and hold their sender's credit.</summary>
    public int ConcurrentRequests { get; init; } = 1024;

    /// <summary>Tunnels at most, 1 to 16,384, by default 256; a peer beyond them gets no answer.</summary>
    public int MaxTunnels { get; init; } = 256;

    /// <summary>How long a first handshake is tried, 100 ms to 1 minute, by default 5 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A tunnel that received nothing for this long asks its peer for a sign of life; 1 to 30 s, by default 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a tunnel whose peer fell silent is tried again before it ends, 1 s to 10 minutes, by default 30 s. Requests wait meanwhile.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told what a handler of this program threw, off the driver thread; null (the default) for nobody. The peer is never told.</summary>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>Told, at the start, what an option does that is seldom wanted; null (the default) for nobody.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Names the property.</exception>
    internal void Validate()
    {
        Require(Binds.Count is >= 1 and <= 8, nameof(Binds), "needs one to eight endpoints");
        Require(Realm <= Addressing.MeshAddress.MaxRealm, nameof(Realm), $"is at most {Addressing.MeshAddress.MaxRealm}");
        Require(FleetSecretFiles.Count <= MaxFleetSecrets, nameof(FleetSecretFiles), $"has at most {MaxFleetSecrets} files");
        Require(PinnedRoots.Count <= MaxPinnedRoots, nameof(PinnedRoots), $"has at most {MaxPinnedRoots} keys");
        Require(Relays.Count <= MaxRelays, nameof(Relays), $"has at most {MaxRelays} relays");
        Require(
            Relays.All(relay => relay.Endpoints.Count is >= 1 and <= TunnelPeer.MaxEndpoints),
            nameof(Relays),
            $"has a relay without an endpoint, or with more than {TunnelPeer.MaxEndpoints}");
        Require(
            Relays.All(relay => relay.WebSocket is null || RelayUri.IsAllowed(relay.WebSocket)),
            nameof(Relays),
            "has a relay whose WebSocket is no absolute wss:// address");
        Require(RelayWebSocketBind is null || IsRelay, nameof(RelayWebSocketBind), $"needs {nameof(IsRelay)}");
        Require(
            RelayWebSocketCertificate is null or { HasPrivateKey: true }, nameof(RelayWebSocketCertificate), "has no private key");
        Require(
            FleetSecretFiles.Count + PinnedRoots.Count > 0,
            nameof(FleetSecretFiles),
            $"and {nameof(PinnedRoots)} are both empty: name whom the node trusts");
        Require(
            ConcurrentRequests is >= 1 and <= MaxConcurrentRequests,
            nameof(ConcurrentRequests),
            $"is 1 to {MaxConcurrentRequests}");
        Require(MaxTunnels is >= 1 and <= 16_384, nameof(MaxTunnels), "is 1 to 16,384");
        RequireRange(HandshakeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(HandshakeTimeout));
        RequireRange(KeepAliveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), nameof(KeepAliveInterval));
        RequireRange(DirectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(DirectTimeout));
        RequireRange(ReconnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(ReconnectTimeout));
    }

    /// <summary>What the engine is told.</summary>
    internal EngineSettings ToEngineSettings() => new([.. Binds], new TunnelSettings
    {
        HandshakeTimeout = HandshakeTimeout,
        KeepAliveInterval = KeepAliveInterval,
        AbandonTimeout = ReconnectTimeout + HandshakeTimeout,
        MaxTunnels = MaxTunnels,
        RelayFallback = RelayFallback,
        DirectTimeout = DirectTimeout,
        Punching = new() { IsEnabled = Punching },
    })
    {
        Relaying = IsRelay ? new RelaySettings() : null,
        RelayWebSocketBind = RelayWebSocketBind,
        RelayCertificate = RelayWebSocketCertificate,
        PortMapping = PortMapping,
    };

    private static void RequireRange(TimeSpan value, TimeSpan least, TimeSpan most, string property) =>
        Require(value >= least && value <= most, property, $"is {least} to {most}");

    private static void Require(bool condition, string property, string range)
    {
        if (!condition)
        {
            throw new ArgumentException($"{property} {range}.", property);
        }
    }
}
