using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Nat;

/// <summary>A whole node in a <see cref="NatWorld"/>: all machines behind the sockets of a host.</summary>
internal sealed class NatNode : IDisposable
{
    /// <summary>The port of its first socket.</summary>
    public const ushort Port = 7400;

    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly Dictionary<Tunnel, NatTalk> _talks = [];
    private readonly NatSockets _sockets;
    private readonly List<NatNode> _relays = [];
    private readonly NatConnections _connections;
    private readonly Dictionary<RootKey, int> _endsOf = [];
    private readonly byte[] _buffer = new byte[PathMtu.LargestBytes + NodeSwitch.FrameRoom];
    private readonly RelaySettings? _relaying;
    private readonly SimRandom _random;
    private readonly TunnelSettings _settings;
    private NatSupervision? _supervision;
    private bool _cameOverRelay;

    public NatNode(
        SimHost host, int number, RelaySettings? relaying, SimConnections connections, SimRandom random, TunnelSettings? settings = null)
    {
        Host = host;
        _connections = new NatConnections(host, connections);
        Identity = SimIdentities.Of(number, relaying is not null ? NodeRoles.Relay : NodeRoles.Agent);
        Lines = new NatLines(number);
        _relaying = relaying;
        _random = random;
        _settings = settings ?? new TunnelSettings();
        Switch = NewSwitch(random);
        _sockets = new NatSockets(host, Port);
    }

    public SimHost Host { get; }

    public NodeIdentity Identity { get; }

    public NodeSwitch Switch { get; private set; }

    /// <summary>What it said and heard, over all tunnels.</summary>
    public NatLines Lines { get; }

    /// <summary>By how much its clock is ahead of that of the world.</summary>
    public TimeSpan ClockSkew { get; set; }

    /// <summary>Whether nothing of it runs, as in a laptop that is closed.</summary>
    public bool IsAsleep { get; set; }

    /// <summary>Between two numbers that it says in tunnels opened from here on.</summary>
    public TimeSpan SayInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>When something is due in it, as of when it was last driven; null when nothing is.</summary>
    public MonoTime? DueAt { get; private set; }

    public DropCounters Drops { get; } = new();

    /// <summary>What was said and heard in each tunnel.</summary>
    public IReadOnlyDictionary<Tunnel, NatTalk> Talks => _talks;

    /// <summary>Failures of tunnels, each with the time.</summary>
    public List<(MonoTime At, TunnelFailure Failure, Tunnel Of)> Failures { get; } = [];

    /// <summary>Ends of tunnels, each with the time.</summary>
    public List<(MonoTime At, TunnelCloseReason Reason)> Ends { get; } = [];

    /// <summary>Messages that came.</summary>
    public long Heard { get; private set; }

    /// <summary>Those of them whose last byte came over a relay.</summary>
    public long HeardOverRelays { get; private set; }

    /// <summary>What a directory would say of it: where relays and its own addresses are.</summary>
    public PeerRecord Record => new(Identity.Certificate, [.. Endpoints().Distinct().Take(PeerRecord.MaxEndpoints)])
    {
        Relays = [.. Switch.Links.Leases],
    };

    /// <summary>The endpoints of its host's addresses.</summary>
    public IEnumerable<UdpEndpoint> HostEndpoints => Host.Interfaces.Select(face => new UdpEndpoint(face.Address, Port));

    /// <summary>Takes a datagram.</summary>
    public void Receive(in SimDatagram datagram, MonoTime now, DateTimeOffset utcNow)
    {
        if (IsAsleep)
        {
            return;
        }

        _cameOverRelay = !datagram.Bytes.IsEmpty && datagram.Bytes.Span[0] == DatagramType.FromRelay;
        var bytes = datagram.Bytes.ToArray();
        if (_sockets.IsAside(datagram, out var side))
        {
            Switch.HandleAside(side, datagram.From, bytes, EcnMark.NotCapable, now, utcNow + ClockSkew);
        }
        else
        {
            Switch.HandleDatagram(datagram.From, bytes, EcnMark.NotCapable, now, utcNow + ClockSkew);
        }
    }

    /// <summary>Takes what happened at this node's end of a connection.</summary>
    public void Receive(in SimConnectionEvent happened, MonoTime now, DateTimeOffset utcNow) =>
        _connections.Handle(happened, Switch, now, utcNow + ClockSkew);

    /// <summary>How often a tunnel to a peer ended.</summary>
    public int EndsOf(RootKey peer) => _endsOf.GetValueOrDefault(peer);

    /// <summary>From here on tunnels that fail are opened again.</summary>
    public void Supervise() => _supervision ??= new NatSupervision(_random.Split());

    /// <summary>Uses a relay from here on, also after a restart.</summary>
    public void Use(NatNode relay, MonoTime now)
    {
        _relays.Add(relay);
        Link(relay, now);
    }

    /// <summary>Its host has other addresses; whether it was told that its network changed, or finds out by what it hears.</summary>
    public void HandleMoved(bool isNoticed, MonoTime now)
    {
        Switch.SetHosts([.. HostEndpoints], now);
        if (isNoticed)
        {
            Switch.HandleNetworkChanged(now);
        }
    }

    /// <summary>Loses all but its identity, as a process that was killed and started anew; what was said in its tunnels may be lost.</summary>
    public void Restart(MonoTime now)
    {
        foreach (var talk in _talks.Values)
        {
            talk.HandleClosed();
        }

        _talks.Clear();
        _sockets.CloseSides();
        _connections.Abandon();
        Switch.Dispose();
        Switch = NewSwitch(_random.Split());
        _supervision = _supervision is null ? null : new NatSupervision(_random.Split());
        if (_relaying is null)
        {
            HandleMoved(isNoticed: false, now);
        }

        _relays.ForEach(relay => Link(relay, now));
    }

    /// <summary>Says and does what is due, and sends.</summary>
    /// <param name="internet">Where it sends.</param>
    /// <param name="now">The present.</param>
    /// <param name="worldTime">Wall time; its own clock may be ahead of that, or behind.</param>
    /// <returns>What went wrong, or null.</returns>
    public string? Drive(SimInternet internet, MonoTime now, DateTimeOffset worldTime)
    {
        if (IsAsleep)
        {
            DueAt = null;
            return null;
        }

        var utcNow = worldTime + ClockSkew;
        Say(now);
        _supervision?.HandleTimeout(Switch.Table, now, utcNow);
        Switch.HandleTimeout(now, utcNow);
        _sockets.Carry(Switch, now);
        while (Switch.Table.PollDerivation(out var claim))
        {
            Switch.Table.HandleDerived(claim, SimIdentities.Derive(claim), now);
        }

        do
        {
            while (Switch.Table.PollTunnel(out var tunnel))
            {
                while (tunnel.PollEvent(out var happened))
                {
                    Handle(tunnel, happened, now);
                }
            }

            while (Switch.PollTransmit(_buffer, out var transmit, now) is > 0 and var length)
            {
                if (!_connections.TrySend(transmit.To, _buffer.AsSpan(0, length), now))
                {
                    _sockets.Send(internet, transmit, _buffer.AsSpan(0, length).ToArray(), now);
                }
            }

            while (Switch.PollForwarded(_buffer, out var to, now) is > 0 and var forwarded)
            {
                if (!_connections.TrySend(to, _buffer.AsSpan(0, forwarded), now))
                {
                    _sockets.Send(internet, new Transmit(to, Alone: true, Ecn: false), _buffer.AsSpan(0, forwarded).ToArray(), now);
                }
            }

            _connections.Carry(Switch, now);
        }
        while (Switch.Table.HasEvents);

        _cameOverRelay = false;
        DueAt = MonoTime.Earliest(Switch.NextTimeout, MonoTime.Earliest(_supervision?.NextTimeout, NextToSay()));
        return Switch.Table.Fence.PollFault(out var broken) ? $"{Host.Place.Name} broke: {broken.Fault}"
            : Lines.Wrong is { } wrong ? $"{Host.Place.Name} {wrong}" : null;
    }

    /// <summary>Opens a tunnel to another node, and says numbers in it from then on.</summary>
    public Tunnel Open(NatNode peer, bool early, MonoTime now, DateTimeOffset utcNow)
    {
        var tunnel = Switch.Table.Open(peer.Record, now, utcNow + ClockSkew)
            ?? throw new InvalidOperationException("There are too many tunnels.");
        TalkIn(tunnel).Begin(early, now);
        Switch.Table.Touch(tunnel);
        return tunnel;
    }

    /// <summary>What is said in a tunnel.</summary>
    public NatTalk TalkIn(Tunnel tunnel)
    {
        if (!_talks.TryGetValue(tunnel, out var talk))
        {
            _talks[tunnel] = talk = new NatTalk(tunnel, Lines) { Interval = SayInterval };
        }

        return talk;
    }

    public void Dispose()
    {
        Switch.Dispose();
        _secret.Dispose();
    }

    /// <summary>Says the next number in each tunnel where it is due.</summary>
    private void Say(MonoTime now)
    {
        foreach (var talk in _talks.Values)
        {
            if (talk.TrySay(now))
            {
                Switch.Table.Touch(talk.Tunnel);
            }
        }
    }

    private MonoTime? NextToSay()
    {
        MonoTime? next = null;
        foreach (var talk in _talks.Values)
        {
            next = MonoTime.Earliest(next, talk.NextAt);
        }

        return next;
    }

    private void Link(NatNode relay, MonoTime now) =>
        Switch.Links.Add(new PeerRecord(relay.Identity.Certificate, [.. relay.HostEndpoints]), now, NatConnections.UriOf(relay.Host));

    private NodeSwitch NewSwitch(SimRandom random) => new(
        _settings,
        _relaying,
        Identity,
        new TrustSettings(0, [_secret], []),
        random,
        Drops);

    private IEnumerable<UdpEndpoint> Endpoints()
    {
        var relays = Switch.Links.All.Select(link => link.Client.Attested).Where(seen => seen != default);
        return HostEndpoints.Where(host => EndpointPolicy.Allows(host, isMember: false, onLoopback: false)).Concat(relays);
    }

    private void Handle(Tunnel tunnel, in TunnelEvent happened, MonoTime now)
    {
        _supervision?.Handle(tunnel, happened.Kind, now);
        switch (happened.Kind)
        {
            case TunnelEventKind.Opened:
                TalkIn(tunnel).OpenedAt ??= now;
                break;
            case TunnelEventKind.Failed:
                Failures.Add((now, happened.Failure, tunnel));
                break;
            case TunnelEventKind.Closed:
                Ends.Add((now, happened.CloseReason!));
                _endsOf[tunnel.Peer.Root] = EndsOf(tunnel.Peer.Root) + 1;
                if (_talks.Remove(tunnel, out var talk))
                {
                    talk.HandleClosed();
                }

                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Message:
                Heard++;
                HeardOverRelays += _cameOverRelay ? 1 : 0;
                TalkIn(tunnel).Hear(happened.Stream, now);
                Switch.Table.Touch(tunnel);
                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Ended:
                TalkIn(tunnel).HandleEnded(happened.Stream.Id);
                break;
            default:
                break;
        }
    }
}
