using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Nodes;

/// <summary>A node that opens encrypted tunnels to others and answers their requests: for programs that want no actors.</summary>
/// <remarks>
/// <para>Begin with <see cref="StartAsync"/>, open tunnels with <see cref="OpenAsync(TunnelPeer, CancellationToken)"/>, end with <see cref="DisposeAsync"/>.
/// All members may be used from any thread. One thread of the node's own drives all of its tunnels; no code of the program runs on it.</para>
/// <para>The certificate that a start issues holds for 30 days: a process that runs longer has to start its node again before.</para>
/// </remarks>
public sealed class TunnelNode : IAsyncDisposable
{
    private readonly NodeKeys _keys;
    private readonly MeshEngine _engine;
    private readonly NodeTunnels _tunnels;
    private readonly PeerInquiry _inquiry;
    private readonly RelayUse _relays;

    private TunnelNode(NodeKeys keys, MeshEngine engine, NodeTunnels tunnels, Clock clock)
    {
        _keys = keys;
        _engine = engine;
        _tunnels = tunnels;
        _inquiry = new PeerInquiry(engine, keys.Trust);
        _relays = new RelayUse(engine, _inquiry, clock);
        Endpoints = [.. engine.LocalEndpoints.Select(endpoint => endpoint.ToIPEndPoint())];
    }

    /// <summary>The node's mesh address.</summary>
    public MeshAddress Address => _keys.Identity.Address;

    /// <summary>The node's root key: what others pin.</summary>
    public RootKey Root => _keys.Identity.Root;

    /// <summary>Where the node listens, as bound, port 0 resolved.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>The node as others can reach it, when its endpoints are theirs to reach.</summary>
    public TunnelPeer Self => new(Root, Endpoints) { WebSocket = WebSocket };

    /// <summary>Where the node, as a relay, takes connections of clients that UDP does not get through from; null when it does not.</summary>
    public Uri? WebSocket => _engine.WebSocketEndpoint is { } endpoint ? new Uri($"wss://{endpoint}{UpgradeReader.Path}") : null;

    /// <summary>Tells how others can reach the node now: its endpoints, and the relays where it has leases.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<TunnelPeer> DescribeAsync(CancellationToken cancellation = default) =>
        Self with { Address = Address, Relays = await _engine.LeasesAsync().WaitAsync(cancellation).ConfigureAwait(false) };

    /// <summary>All tunnels that have not ended, opened here or by peers, in no particular order.</summary>
    public IReadOnlyCollection<PeerTunnel> Tunnels => [.. _tunnels.All];

    /// <summary>What its tunnels have carried, and for whom relays did; cheap to read.</summary>
    public RelayUsage RelayUsage
    {
        get
        {
            var traffic = _engine.Traffic.Bytes;
            return new RelayUsage(traffic.Direct, traffic.Punched, traffic.Relayed,
            [
                .. RelayedPeer.AllOf(_engine).Select(peer => new RelayedPeerUsage(peer.Peer, peer.Bytes, peer.OwnNat, peer.PeerNat, peer.Guessing, peer.Why)),
            ]);
        }
    }

    /// <summary>Starts a node.</summary>
    /// <param name="options">Who it is, where it listens, whom it trusts, what it serves.</param>
    /// <param name="cancellation">Stops waiting before the node is made; later it means nothing.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a file that it names cannot be used; the message says which and why.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An endpoint is taken or is none of this machine's.</exception>
    public static Task<TunnelNode> StartAsync(TunnelNodeOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Task.Run(() => Start(options), cancellation);
    }

    /// <summary>Makes a fresh fleet secret in a file that its owner alone can read; when there is one, it stays as it is.</summary>
    /// <param name="path">The file; its directory must be there.</param>
    /// <exception cref="ArgumentException">The file cannot be made, or holds something else.</exception>
    public static void CreateFleetSecret(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            SecretFile.LoadOrCreate(path, SystemRandomSource.Instance).Dispose();
        }
        catch (KeyFileException failure)
        {
            throw new ArgumentException(failure.Message, nameof(path), failure);
        }
    }

    /// <summary>Opens a tunnel to whoever of the fleet, or of the pinned nodes, listens at an endpoint.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="root">The root key that must answer; null takes any node that is trusted.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The tunnel; the one there is already when there is one.</returns>
    /// <exception cref="PeerTunnelException">It cannot be opened; its <see cref="PeerTunnelException.Error"/> says why.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Task<PeerTunnel> OpenAsync(IPEndPoint endpoint, RootKey? root = null, CancellationToken cancellation = default) =>
        OpenAsync(new TunnelPeer(root, [endpoint]), cancellation);

    /// <summary>Opens a tunnel to a peer.</summary>
    /// <param name="peer">Its root key and where it may be.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The tunnel; the one there is already when there is one.</returns>
    /// <exception cref="ArgumentException">The peer has no endpoint, or too many.</exception>
    /// <exception cref="PeerTunnelException">It cannot be opened; its <see cref="PeerTunnelException.Error"/> says why.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<PeerTunnel> OpenAsync(TunnelPeer peer, CancellationToken cancellation = default)
    {
        var tunnel = await BeginAsync(peer, cancellation).ConfigureAwait(false);
        await tunnel.Opened.WaitAsync(cancellation).ConfigureAwait(false);
        return tunnel;
    }

    /// <summary>Begins to open a tunnel, and does not wait for its first session: requests that are sent at once wait for it, or go ahead of it when they are idempotent.</summary>
    /// <param name="peer">Its root key and where it may be; it is asked for its certificate before.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The tunnel, which ends when it cannot be opened; the one there is already when there is one.</returns>
    /// <exception cref="ArgumentException">The peer has no endpoint, or too many.</exception>
    /// <exception cref="PeerTunnelException">Nobody trusted is there; its <see cref="PeerTunnelException.Error"/> says why.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<PeerTunnel> BeginAsync(TunnelPeer peer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.Endpoints.Count > TunnelPeer.MaxEndpoints || (peer.Endpoints.Count == 0 && peer.Relays.Count == 0))
        {
            throw new ArgumentException($"A peer has one to {TunnelPeer.MaxEndpoints} endpoints, or relays.", nameof(peer));
        }

        if (peer.Relays.Count > 0 && peer.Address is null)
        {
            throw new ArgumentException("A peer that is to be reached over relays needs its address.", nameof(peer));
        }

        try
        {
            var record = await _inquiry.AskAsync(await WaysTo(peer).ConfigureAwait(false), peer.Root, cancellation)
                .ConfigureAwait(false);
            return _tunnels.Of(_engine.Open(record with
            {
                Endpoints = [.. record.Endpoints.Union(peer.Endpoints.Select(UdpEndpoint.From)).Take(PeerRecord.MaxEndpoints)],
                Relays = [.. peer.Relays],
            }));
        }
        catch (TunnelException failure)
        {
            throw PeerTunnelException.From(failure);
        }
    }

    /// <summary>Hands out tunnels as peers open them, until the node stops; for programs that ask whoever comes. Requests are served without it.</summary>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="OperationCanceledException">While reading: the caller cancelled.</exception>
    public IAsyncEnumerable<PeerTunnel> AcceptAsync(CancellationToken cancellation = default) =>
        _tunnels.Accepted.ReadAllAsync(cancellation);

    /// <summary>Closes all tunnels, tells the peers, and frees sockets and keys; takes at most a second. Requests under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _relays.DisposeAsync().ConfigureAwait(false);
        await _engine.DisposeAsync().ConfigureAwait(false);
        _tunnels.Complete();
        _keys.Dispose();
    }

    /// <summary>All endpoints that a peer may answer at, those over relays too.</summary>
    private async Task<IReadOnlyList<UdpEndpoint>> WaysTo(TunnelPeer peer)
    {
        var direct = peer.Endpoints.Select(UdpEndpoint.From);
        if (peer.Address is not { } address || peer.Relays.Count == 0)
        {
            return [.. direct];
        }

        ImmutableArray<UdpEndpoint> relayed = await _engine.WaysOverAsync(address, [.. peer.Relays]).ConfigureAwait(false);
        return peer.Endpoints.Count == 0 && relayed.IsEmpty
            ? throw new TunnelException(
                TunnelErrorCode.NoDirectPath,
                $"There is no way to {address}: it has no endpoint, and none of its relays ({string.Join(", ", peer.Relays)}) is used by this node or forwarded to.")
            : [.. direct, .. relayed];
    }

    private static TunnelNode Start(TunnelNodeOptions options)
    {
        var clock = Clock.System;
        var keys = LoadKeys(options, clock);
        try
        {
            var serving = options.Serve is { } handler
                ? new RequestServing(handler, options.ConcurrentRequests, options.OnFault)
                : null;
            var tunnels = new NodeTunnels(options, serving, clock, SystemRandomSource.Instance);
            var engine = MeshEngine.Start(
                options.ToEngineSettings(),
                keys.Identity,
                keys.Trust,
                clock,
                SystemRandomSource.Instance,
                tunnels);
            var node = new TunnelNode(keys, engine, tunnels, clock);
            node._relays.Use(options.Relays);
            if (!options.RelayFallback)
            {
                options.OnWarning?.Invoke("RelayFallback is off: a peer that no direct path reaches is an error.");
            }

            return node;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static NodeKeys LoadKeys(TunnelNodeOptions options, Clock clock)
    {
        try
        {
            return NodeKeys.Load(options, clock, SystemRandomSource.Instance);
        }
        catch (KeyFileException failure)
        {
            throw new ArgumentException(failure.Message, nameof(options), failure);
        }
    }
}
