using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>All machines of a node that share its socket: takes each datagram to where it belongs, and tells them of each other what they must know.</summary>
/// <remarks>
/// <para>The one machine that the driver and the simulator talk to. What a tunnel sends to a relayed endpoint leaves in a frame for that relay; what comes out of such a frame is
/// taken as if it had come from that endpoint, when it is a handshake or a packet and nothing else. So tunnels reach over relays without knowing them.</para>
/// <para>After every input the owner polls until there is nothing, and arms one timer for <see cref="NextTimeout"/>.</para>
/// </remarks>
internal sealed class NodeSwitch : IDisposable
{
    /// <summary>Room that a frame for a relay needs beyond the datagram in it.</summary>
    public const int FrameRoom = RelayFrame.Size + RelayFrame.SourceSize;

    /// <summary>Bytes of the largest frame that is forwarded.</summary>
    public const int ForwardedRoom = RelayBuffers.SlotSize;

    /// <summary>First bytes below this are STUN's (RFC 7983, section 7).</summary>
    private const byte StunTypes = 4;

    private readonly ITunnelTrace _trace;
    private readonly SessionKeySlab _slab = new();
    private readonly RelayTable? _relay;
    private readonly LeaseDesk _leases;
    private readonly StunDesk? _stun;

    /// <param name="settings">Of the tunnels.</param>
    /// <param name="relaying">Of the relay that this node is for others; null when it is none.</param>
    /// <param name="identity">Who we are.</param>
    /// <param name="trust">Whom we let in.</param>
    /// <param name="random">Keys, ids, jitter.</param>
    /// <param name="trace">Told of what is dropped.</param>
    public NodeSwitch(
        TunnelSettings settings,
        RelaySettings? relaying,
        NodeIdentity identity,
        TrustSettings trust,
        IRandomSource random,
        ITunnelTrace trace)
    {
        _trace = trace;
        Table = new TunnelTable(settings, identity, trust, random, trace);
        _relay = relaying is null ? null : new RelayTable(relaying, _slab, random, trace);
        _stun = relaying is null ? null : new StunDesk();
        Connections = new ConnectionDesk(random);
        _leases = new LeaseDesk(_relay, Table, Connections);
        Links = new RelayLinks(identity.Address, Table, _relay, Connections, _slab, random);
        Place = new Whereabouts(Table, Links, relaying is null ? Sides : null, random);
        Punching = new PunchDesk(settings.Punching, Table, Links, Place, Sides, random);
        Table.Made = Links.Teach;
    }

    public TunnelTable Table { get; }

    /// <summary>The relays that this node uses.</summary>
    public RelayLinks Links { get; }

    /// <summary>The sockets beside the first one.</summary>
    public SideSockets Sides { get; } = new();

    /// <summary>Where this node may be reached.</summary>
    public Whereabouts Place { get; }

    /// <summary>How the NATs before this node behave, null while that is not known, and on a relay, which does not ask.</summary>
    public NatBehaviour? Behaviour => Place.Behaviour;

    /// <summary>Connections to relays, and those of clients, for where UDP does not get through; the owner carries out what it orders.</summary>
    public ConnectionDesk Connections { get; }

    /// <summary>Finds direct paths by guessing ports.</summary>
    public PunchDesk Punching { get; }

    /// <summary>Whether this node is a relay.</summary>
    public bool IsRelay => _relay is not null;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout =>
        MonoTime.Earliest(
            MonoTime.Earliest(
                MonoTime.Earliest(Table.NextTimeout, Punching.NextTimeout),
                MonoTime.Earliest(Links.NextTimeout, Connections.NextTimeout)),
            MonoTime.Earliest(_relay?.NextTimeout, MonoTime.Earliest(Sides.NextTimeout, Place.NextTimeout)));

    /// <summary>Takes the endpoints at which this node's own socket may be reached; peers are told.</summary>
    /// <returns>True when they took the place of others.</returns>
    public bool SetHosts(ImmutableArray<UdpEndpoint> hosts, MonoTime now) => Place.SetHosts(hosts, now);

    /// <summary>Does not use a relay any more; peers are told.</summary>
    public void ForgetRelay(MeshAddress relay, MonoTime now)
    {
        if (Links.Remove(relay))
        {
            Place.HandleLeased(now);
        }
    }

    /// <summary>This node's own address may have changed.</summary>
    public void HandleNetworkChanged(MonoTime now)
    {
        Connections.HandleNetworkChanged(now);
        Table.HandleNetworkChanged(now);
        Place.HandleNetworkChanged(now);
    }

    /// <summary>Takes a datagram that may be anything; its content is lost.</summary>
    public void HandleDatagram(UdpEndpoint from, Span<byte> datagram, EcnMark ecn, MonoTime now, DateTimeOffset utcNow)
    {
        if (RelayedEndpoint.IsReserved(from))
        {
            _trace.Dropped(DropReason.ReservedSource);
            return;
        }

        Handle(from, datagram, ecn, now, utcNow);
    }

    /// <summary>Takes a datagram that came over a connection and may be anything; its content is lost.</summary>
    public void HandleOverConnection(uint number, Span<byte> datagram, MonoTime now, DateTimeOffset utcNow)
    {
        if (Connections.TryFind(number, out var from))
        {
            Handle(from, datagram, EcnMark.NotCapable, now, utcNow);
        }
    }

    /// <summary>Takes a datagram that came to a side socket and may be anything; its content is lost.</summary>
    /// <param name="side">Number of the socket.</param>
    /// <param name="from">Its source, of IPv4.</param>
    /// <param name="datagram">What came.</param>
    /// <param name="ecn">Its mark.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">The present, for certificates.</param>
    public void HandleAside(
        int side, UdpEndpoint from, Span<byte> datagram, EcnMark ecn, MonoTime now, DateTimeOffset utcNow)
    {
        if (!Sides.IsOpen(side) || !from.IsIPv4)
        {
            _trace.Dropped(DropReason.ClosedSocket);
            return;
        }

        if (StunMessage.IsStun(datagram) && datagram[0] < StunTypes)
        {
            _ = Place.HandleStun(side, from, datagram, now) || Punching.HandleAnswer(side, from, datagram, now);
            TakeSignals(now);
            return;
        }

        // Frames of relays too: a peer that lends its lease may be reached by this socket alone.
        Handle(SocketEndpoint.Of(side, from), datagram, ecn, now, utcNow);
    }

    /// <summary>Hands out what is to be done with a side socket. The owner says at once what became of it, and asks until there is nothing, before it polls what is to be sent.</summary>
    public bool PollSocketOrder(out SocketOrder order) => Sides.PollOrder(out order);

    /// <summary>A side socket was opened.</summary>
    /// <param name="number">Which.</param>
    /// <param name="local">Where it is bound.</param>
    /// <param name="now">The present.</param>
    public void HandleSocketOpened(int number, UdpEndpoint local, MonoTime now)
    {
        Sides.HandleOpened(number, local);
        Place.HandleSockets(now);
        Punching.HandleTimeout(now);
    }

    /// <summary>A side socket could not be opened.</summary>
    public void HandleSocketFailed(int number, MonoTime now)
    {
        Sides.HandleFailed(number);
        Place.HandleSockets(now);
        Punching.HandleTimeout(now);
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        Table.HandleTimeout(now, utcNow);
        Links.HandleTimeout(now, utcNow);
        Connections.HandleTimeout(now);
        Place.HandleTimeout(now);
        Punching.HandleTimeout(now);
        Sides.HandleTimeout(Table.Tunnels, now);
        _relay?.HandleTimeout(now);
    }

    /// <summary>Hands out the next datagram.</summary>
    /// <param name="destination">At least <see cref="TunnelSettings.MaxDatagramBytes"/> and <see cref="FrameRoom"/>.</param>
    /// <param name="transmit">How it is to be sent.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is nothing to send now.</returns>
    public int PollTransmit(Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        while (Table.PollTransmit(destination, out transmit, now) is > 0 and var length)
        {
            if (!RelayedEndpoint.IsReserved(transmit.To) || ConnectionEndpoint.TryRead(transmit.To, out _))
            {
                return length;
            }

            if (SocketEndpoint.TryRead(transmit.To, out var side, out _))
            {
                if (Sides.IsOpen(side))
                {
                    return length;
                }

                _trace.Dropped(DropReason.ClosedSocket);
                continue;
            }

            var framed = Links.Clients.Wrap(destination[..length], transmit.To, destination, out var relay);
            if (framed > 0)
            {
                transmit = new Transmit(relay, transmit.Alone, Ecn: false);
                return framed;
            }

            _trace.Dropped(DropReason.UnknownLease);
        }

        if (Punching.PollTransmit(destination, out transmit, now) is > 0 and var punch)
        {
            return punch;
        }

        if (_stun is not null && _stun.PollTransmit(destination, out var asker) is > 0 and var answer)
        {
            transmit = new Transmit(asker, Alone: true, Ecn: false);
            return answer;
        }

        if (Place.PollTransmit(destination, out var server, now) is > 0 and var question)
        {
            transmit = new Transmit(server, Alone: true, Ecn: false);
            return question;
        }

        return 0;
    }

    /// <summary>Hands out the next frame that this node forwards as a relay.</summary>
    /// <param name="destination">At least <see cref="ForwardedRoom"/>.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is none.</returns>
    public int PollForwarded(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        return _relay?.PollTransmit(destination, out to, now) ?? 0;
    }

    public void Dispose()
    {
        Table.Dispose();
        Links.Dispose();
        _relay?.Dispose();
        _slab.Dispose();
    }

    private void Handle(UdpEndpoint from, Span<byte> datagram, EcnMark ecn, MonoTime now, DateTimeOffset utcNow)
    {
        switch (datagram.IsEmpty ? (byte)0 : datagram[0])
        {
            case DatagramType.FromRelay:
                HandleFromRelay(datagram, now, utcNow);
                break;
            case DatagramType.ToRelay when _relay is not null:
                _relay.HandleFrame(datagram, now);
                break;
            case DatagramType.Punch:
                HandlePunch(from, datagram, now);
                break;
            case < StunTypes when _stun is not null && StunMessage.IsStun(datagram) && !RelayedEndpoint.IsReserved(from):
                _stun.HandleDatagram(from, datagram, now);
                break;
            default:
                Table.HandleDatagram(from, datagram, ecn, now, utcNow);
                break;
        }

        TakeSignals(now);
    }

    private void HandleFromRelay(Span<byte> frame, MonoTime now, DateTimeOffset utcNow)
    {
        if (Links.Clients.TryUnwrap(frame, out var source, out var inner) is { } drop)
        {
            _trace.Dropped(drop);
            return;
        }

        Table.HandleDatagram(source, frame[inner], EcnMark.NotCapable, now, utcNow);
    }

    /// <summary>What came in tunnels and concerns relays.</summary>
    private void TakeSignals(MonoTime now)
    {
        while (Table.PollSignal(out var signal))
        {
            switch (signal.Type)
            {
                case FrameType.RelayLease:
                    _leases.HandleRequest(signal, now);
                    break;
                case FrameType.RelayLeased:
                    Links.HandleLeased(signal.Tunnel, signal.Content, now);
                    signal.Content.AsSpan().Clear();
                    Place.HandleLeased(now);
                    break;
                case FrameType.Candidates or FrameType.PunchAt or FrameType.PunchResult:
                    Punching.HandleSignal(signal, now);
                    break;
                default:
                    Punching.HandleMoved(signal.Tunnel, now);
                    _leases.HandleMoved(signal.Tunnel);
                    break;
            }
        }
    }

    private void HandlePunch(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (Punching.HandleDatagram(from, datagram, now) is { } drop)
        {
            _trace.Dropped(drop);
        }
    }
}
