using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>The tunnels of a node as its program sees them, and what the driver loop tells about them.</summary>
internal sealed class NodeTunnels : IEngineHandler
{
    private readonly ConcurrentDictionary<MeshTunnel, PeerTunnel> _tunnels = new();
    private readonly Channel<PeerTunnel> _accepted;
    private readonly TunnelNodeOptions _options;
    private readonly RequestServing? _serving;
    private readonly Clock _clock;
    private readonly IRandomSource _random;

    public NodeTunnels(TunnelNodeOptions options, RequestServing? serving, Clock clock, IRandomSource random)
    {
        _options = options;
        _serving = serving;
        _clock = clock;
        _random = random;
        _accepted = Channel.CreateBounded<PeerTunnel>(
            new BoundedChannelOptions(options.MaxTunnels) { FullMode = BoundedChannelFullMode.DropOldest });
    }

    /// <summary>Tunnels that peers opened, in order; the oldest nobody read go beyond <see cref="TunnelNodeOptions.MaxTunnels"/>.</summary>
    public ChannelReader<PeerTunnel> Accepted => _accepted.Reader;

    /// <summary>All tunnels that have not ended, in no particular order.</summary>
    public ICollection<PeerTunnel> All => _tunnels.Values;

    public PeerTunnel Of(MeshTunnel tunnel) => _tunnels.GetOrAdd(tunnel, Make);

    public void OnTunnelOpened(MeshTunnel tunnel)
    {
        var isNew = tunnel.Accepted && !_tunnels.ContainsKey(tunnel);
        var peer = Of(tunnel);
        peer.HandleOpened();
        if (isNew)
        {
            _accepted.Writer.TryWrite(peer);
        }
    }

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure) => Of(tunnel).HandleFailed(failure);

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason)
    {
        var peer = Of(tunnel);
        _tunnels.TryRemove(tunnel, out _);
        peer.HandleClosed(reason);
    }

    public IStreamHandler? OnStreamAccepted(MeshStream stream)
    {
        return stream.Lane == StreamLane.Streams && _serving is not null
            ? new ServedRequest(Of(stream.Tunnel), _serving)
            : null;
    }

    public void OnDatagram(MeshTunnel tunnel, ReadOnlyMemory<byte> datagram) => Of(tunnel).HandleDatagram(datagram);

    public void OnFault(string where, Exception fault)
    {
        if (_options.OnFault is { } tell)
        {
            _ = Task.Run(() => tell(fault));
        }
    }

    /// <summary>No tunnel comes any more.</summary>
    public void Complete() => _accepted.Writer.TryComplete();

    private PeerTunnel Make(MeshTunnel tunnel) =>
        new(tunnel, new TunnelReopening(tunnel, _options.ReconnectTimeout, _clock, _random), _clock);
}
