using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Switching;

/// <summary>All relays that this node uses, and the ways over them.</summary>
internal sealed class RelayLinks : IDisposable
{
    /// <summary>Ways to one node that are told at a time.</summary>
    public const int MostWays = 16;

    private readonly TunnelTable _table;
    private readonly RelayTable? _forwarding;
    private readonly ConnectionDesk _connections;
    private readonly List<RelayLink> _links = [];
    private readonly RelayChoice? _choice;
    private readonly Func<UdpEndpoint, UdpEndpoint, bool> _shareRelay;
    private readonly RelayReserve? _reserve;

    /// <param name="self">This node.</param>
    /// <param name="table">Its tunnels.</param>
    /// <param name="forwarding">The relay that this node is itself; null when it is none. It forwards to all relays of this list.</param>
    /// <param name="connections">Where connections to relays are ordered.</param>
    /// <param name="slab">Where keys live.</param>
    /// <param name="random">Names attempts.</param>
    public RelayLinks(
        MeshAddress self,
        TunnelTable table,
        RelayTable? forwarding,
        ConnectionDesk connections,
        SessionKeySlab slab,
        IRandomSource random)
    {
        _connections = connections;
        _table = table;
        _forwarding = forwarding;
        Clients = new RelayClients(self, slab, random);
        _shareRelay = Clients.Share;

        // A relay sends for its clients over all others.
        _choice = forwarding is null ? new RelayChoice(_links, IsInUse) : null;
        _reserve = forwarding is null ? new RelayReserve(_links, table, IsInUse) : null;
    }

    /// <summary>The leases.</summary>
    public RelayClients Clients { get; }

    public IReadOnlyList<RelayLink> All => _links;

    /// <summary>The relays where peers reach this node: those with a lease that are chosen, the home relay first; of a relay all with a lease.</summary>
    public IEnumerable<MeshAddress> Leases => _choice is not { } choice
        ? _links.Where(link => link.Client.IsLeased).Select(link => link.Client.Relay)
        : new[] { choice.Home, choice.Second }.OfType<MeshAddress>().Where(relay => Clients.Find(relay) is { IsLeased: true });

    /// <summary>How many leases there are now.</summary>
    public int Leased
    {
        get
        {
            var leased = 0;
            foreach (var link in _links)
            {
                leased += link.Client.IsLeased ? 1 : 0;
            }

            return leased;
        }
    }

    public MonoTime? NextTimeout
    {
        get
        {
            var next = MonoTime.Earliest(_choice?.NextTimeout, _reserve?.NextTimeout);
            foreach (var link in _links)
            {
                next = MonoTime.Earliest(next, link.NextTimeout);
            }

            return next;
        }
    }

    /// <summary>Uses a relay from here on.</summary>
    /// <param name="relay">Who it is, and where over UDP.</param>
    /// <param name="now">The present.</param>
    /// <param name="webSocket">Where connections are taken for when UDP does not get through; null for nowhere.</param>
    /// <returns>False when it is used already or there are <see cref="RelayClients.Most"/>.</returns>
    public bool Add(PeerRecord relay, MonoTime now, Uri? webSocket = null)
    {
        if (_links.Find(link => link.Client.Relay == relay.Address) is { IsReserve: true } reserve)
        {
            // Told of after all: as any other from here on.
            Remove(reserve.Client.Relay);
        }

        return Add(relay, webSocket, isReserve: false, now);
    }

    /// <summary>Tells a tunnel that was made what it must know of relays.</summary>
    public void Teach(Tunnel tunnel)
    {
        tunnel.Routes.OverRelays = relay => relay is { } named
            ? WaysTo(tunnel.Peer.Address, named)
            : [.. AllWaysTo(tunnel.Peer.Address).Select(way => way.Way)];
        tunnel.Routes.RelayOf = RelayOf;
        tunnel.Routes.ShareRelay = _shareRelay;
    }

    /// <summary>Whether a tunnel is one to a relay that this node uses.</summary>
    public bool Has(Tunnel tunnel) => _links.Exists(link => link.Tunnel == tunnel);

    /// <summary>Does not use a relay any more; what it leased is left to lapse.</summary>
    /// <returns>False when it was not used.</returns>
    public bool Remove(MeshAddress relay)
    {
        if (_links.Find(link => link.Client.Relay == relay) is not { } removed)
        {
            return false;
        }

        _forwarding?.RemoveWay(relay);
        _links.Remove(removed);
        Clients.Remove(removed.Client);
        return true;
    }

    /// <summary>Hands out the next relay with which something changed.</summary>
    public bool PollChange(out RelayChange change)
    {
        change = default;
        foreach (var link in _links)
        {
            if (link.PollChange(out change))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A connection that was ordered is open.</summary>
    public void HandleConnected(uint number, MonoTime now) => HandleConnection(_connections.HandleOpened(number, now), now);

    /// <summary>A connection has ended by itself, whoever opened it, or could not be opened.</summary>
    public void HandleDisconnected(uint number, MonoTime now)
    {
        if (_connections.HandleClosed(number, now) is { } own)
        {
            HandleConnection(own, now);
        }
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        foreach (var link in _links)
        {
            link.HandleTimeout(now, utcNow);
        }

        _choice?.HandleTimeout(now);
        UseReserve(now);
    }

    /// <summary>Takes an answer of a relay about its lease.</summary>
    public void HandleLeased(Tunnel tunnel, ReadOnlySpan<byte> content, MonoTime now)
    {
        foreach (var link in _links)
        {
            if (link.Tunnel == tunnel)
            {
                var wasLeased = link.Client.IsLeased;
                link.Client.HandleLeased(content, now);
                if (!wasLeased && link.Client.IsLeased)
                {
                    AddWays();
                }
            }
        }
    }

    /// <summary>How a node is reached over a relay where it has a lease: through our lease there, or through relays that forward to it.</summary>
    public UdpEndpoint[] WaysTo(MeshAddress target, UdpEndpoint relayName)
    {
        // A frame for a relay may not be in a frame for another one.
        if (!RelayName.TryRead(relayName, out var relay) || Clients.Find(target) is not null)
        {
            return [];
        }

        var ways = new List<UdpEndpoint>();
        foreach (var link in _links)
        {
            if (link.Client.IsLeased && link.Client.Relay != target && link.Client.EndpointOf(target, relay) is { } way)
            {
                ways.Add(way);
            }
        }

        return [.. ways];
    }

    /// <summary>The relay that an endpoint is behind; null when it is behind none that is used.</summary>
    public MeshAddress? RelayOf(UdpEndpoint endpoint) => Clients.Before(endpoint)?.Relay;

    /// <summary>
    /// Every way to a node that may have a lease at any relay of ours, or at any that these forward to, with that relay; at most <see cref="MostWays"/>. To a relay that is used the way to it.
    /// </summary>
    public ImmutableArray<(MeshAddress Relay, UdpEndpoint Way)> AllWaysTo(MeshAddress target)
    {
        if (Clients.Find(target) is { } relay)
        {
            return relay.IsLeased ? [(target, relay.Endpoint)] : [];
        }

        var ways = ImmutableArray.CreateBuilder<(MeshAddress Relay, UdpEndpoint Way)>();
        foreach (var link in _links)
        {
            if (link.Client.IsLeased && link.Client.EndpointOf(target, link.Client.Relay) is { } way)
            {
                ways.Add((link.Client.Relay, way));
            }
        }

        foreach (var link in _links)
        {
            foreach (var (_, home) in link.Client.IsLeased ? link.Client.Onward : [])
            {
                if (ways.Count < MostWays && link.Client.EndpointOf(target, home) is { } way)
                {
                    ways.Add((home, way));
                }
            }
        }

        return ways.ToImmutable();
    }

    public void Dispose() => Clients.Dispose();

    private bool Add(PeerRecord relay, Uri? webSocket, bool isReserve, MonoTime now)
    {
        if (Clients.Find(relay.Address) is not null
            || Clients.Add(relay.Address, _forwarding is not null, now, isReserve) is not { } client)
        {
            return false;
        }

        _forwarding?.AddWay(client);
        var connection = webSocket is null ? null : _connections.To(webSocket);
        var link = new RelayLink(relay, client, _table, connection, now) { IsReserve = isReserve };
        _links.Add(link);
        _choice?.HandleLinks(now);
        return true;
    }

    /// <summary>First handshakes that are under way go over a relay too that has given a lease meanwhile.</summary>
    private void AddWays()
    {
        foreach (var tunnel in _table.All)
        {
            if (tunnel is not { State: TunnelState.Opening, Dial: { } dial })
            {
                continue;
            }

            foreach (var way in tunnel.Routes.DialEndpoints(tunnel.Peer))
            {
                if (RelayedEndpoint.Is(way) && tunnel.EarlyReplies.MayComeFrom(way))
                {
                    dial.Add(way);
                }
            }

            _table.Touch(tunnel);
        }
    }

    /// <summary>Takes peers with the relay role while no relay works that the node was told of, and lets them go afterwards.</summary>
    private void UseReserve(MonoTime now)
    {
        if (_reserve is null)
        {
            return;
        }

        _reserve.HandleTimeout(now);
        while (_reserve.PollRemove(out var needless, now))
        {
            Remove(needless.Client.Relay);
            _choice!.HandleLinks(now);
        }

        if (_reserve.PollAdd(out var peer, now))
        {
            Add(peer, webSocket: null, isReserve: true, now);
        }
    }

    private void HandleConnection(RelayConnection connection, MonoTime now)
    {
        foreach (var link in _links)
        {
            if (connection.IsOpen)
            {
                link.HandleConnected(connection, now);
            }
            else
            {
                link.HandleDisconnected(connection, now);
            }
        }
    }

    private bool IsInUse(RelayLink link)
    {
        foreach (var tunnel in _table.All)
        {
            if (tunnel.Path is { } path && RelayOf(path.Endpoint) == link.Client.Relay)
            {
                return true;
            }
        }

        return false;
    }
}
