using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>All tunnels of a node: finds whom a datagram belongs to, and who has to send, to be woken, to be heard.</summary>
/// <remarks>
/// <para>The one machine that the driver and the simulator talk to. After every input the owner polls until there is
/// nothing: derivations, datagrams, tunnels with events, answers; then it arms one timer for <see cref="NextTimeout"/>.</para>
/// <para>Invariants: one tunnel for each root key; nothing that was not authenticated is answered or changes anything; a
/// connection id leads to one session of one tunnel.</para>
/// </remarks>
internal sealed class TunnelTable : IDisposable
{
    private readonly TunnelSettings _settings;
    private readonly NodeIdentity _identity;
    private readonly IRandomSource _random;
    private readonly ITunnelTrace _trace;
    private readonly SessionKeySlab _slab = new();
    private readonly ConnectionIds _connections;
    private readonly TunnelHandshakes _handshakes;
    private readonly Dictionary<RootKey, Tunnel> _byRoot = [];
    private readonly List<Tunnel> _tunnels = [];
    private readonly TunnelSchedule _schedule = new();
    private readonly UnusedIncarnations _unused = new();
    private readonly List<Tunnel> _toBegin = [];
    private MonoTime _beginAt;
    private readonly TunnelSignals _signals = new();
    private LocalCandidates _candidates = LocalCandidates.None;

    public TunnelTable(
        TunnelSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        IRandomSource random,
        ITunnelTrace trace)
    {
        _settings = settings;
        _identity = identity;
        _random = random;
        _trace = trace;
        _connections = new ConnectionIds(random);
        _handshakes = new TunnelHandshakes(
            settings, identity, trust, _slab, _connections, random, trace, Fence, FindOrMake, Touch);
    }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(
        _toBegin.Count > 0 ? _beginAt : null, MonoTime.Earliest(_schedule.Next, _handshakes.NextTimeout));

    /// <summary>Keeps what machines of tunnels threw; such a tunnel has ended, the others go on.</summary>
    public TunnelFence Fence { get; } = new();

    /// <summary>All tunnels, in no particular order.</summary>
    public IReadOnlyList<Tunnel> Tunnels => _tunnels;

    /// <summary>Slots of keys in use: those of sessions, of what they were made from, and of handshakes under way.</summary>
    public int KeysHeld => _slab.Rented;

    /// <summary>True when events or answers wait to be polled.</summary>
    public bool HasEvents => _schedule.HasToTell || _handshakes.HasAnswers;

    /// <summary>True when nothing is left to be sent: no tunnel is in use.</summary>
    public bool IsQuiet => !_schedule.HasToSend && _tunnels.TrueForAll(tunnel => tunnel.State == TunnelState.Closed);

    /// <summary>The tunnel to a peer; one that does not exist is made; its first attempt begins with <see cref="HandleTimeout"/>.</summary>
    /// <returns>Null when there are too many tunnels.</returns>
    public Tunnel? Open(PeerRecord peer, MonoTime now, DateTimeOffset utcNow)
    {
        if (FindOrMake(peer, now) is not { } tunnel)
        {
            return null;
        }

        tunnel.Learn(peer);
        if (tunnel.State == TunnelState.Opening && tunnel.Dial is null)
        {
            _toBegin.Add(tunnel);
            _beginAt = now;
        }

        Touch(tunnel);
        return tunnel;
    }

    /// <summary>Begins a new attempt for a tunnel that has failed, in place of one under way.</summary>
    public void Reopen(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        if (tunnel.State == TunnelState.Failed)
        {
            _handshakes.Begin(tunnel, now, utcNow);
            Touch(tunnel);
        }
    }

    /// <summary>Told of each tunnel that is made: gives it what it must know of relays; null when this node knows none.</summary>
    public Action<Tunnel>? Made { get; set; }

    /// <summary>All tunnels.</summary>
    public IReadOnlyList<Tunnel> All => _tunnels;

    /// <summary>What all tunnels have carried.</summary>
    public NodeTraffic Traffic { get; } = new();

    /// <summary>Whether tunnels may send to endpoints that they have not sent to before.</summary>
    public NewEndpoints NewEndpoints { get; } = new();

    /// <summary>Hands out the next thing that concerns the node and came in a tunnel.</summary>
    public bool PollSignal(out TunnelSignal signal) => _signals.Poll(out signal);

    /// <summary>Takes where this node may be reached: peers of all tunnels are told.</summary>
    public void SetCandidates(LocalCandidates candidates, MonoTime now)
    {
        _candidates = candidates;
        foreach (var tunnel in _tunnels)
        {
            tunnel.Routes.SetCandidates(candidates, now);
            Touch(tunnel);
        }
    }

    /// <summary>This node's own address may have changed: all paths of all tunnels have to prove themselves.</summary>
    public void HandleNetworkChanged(MonoTime now)
    {
        foreach (var tunnel in _tunnels)
        {
            tunnel.Routes.Paths?.HandleNetworkChanged(now);
            Touch(tunnel);
        }
    }

    /// <summary>Makes a tunnel fail, its session with it.</summary>
    public void Fail(Tunnel tunnel, MonoTime now)
    {
        tunnel.Fail(TunnelFailure.Requested, now);
        Touch(tunnel);
    }

    public void Close(Tunnel tunnel, ulong code, string text, MonoTime now)
    {
        tunnel.Close(TunnelCloseCause.ClosedHere, code, text, now);
        Touch(tunnel);
    }

    public void CloseAll(ulong code, string text, MonoTime now)
    {
        foreach (var tunnel in _tunnels)
        {
            Close(tunnel, code, text, now);
        }
    }

    /// <inheritdoc cref="Questions.Ask"/>
    public void Ask(UdpEndpoint endpoint, RootKey? expectedRoot, object tag, MonoTime now, DateTimeOffset utcNow) =>
        _handshakes.Ask(endpoint, expectedRoot, tag, now, utcNow);

    /// <summary>To be called after anything was done to a tunnel's streams: it may have to send, or to be woken at another time.</summary>
    public void Touch(Tunnel tunnel) => _schedule.Touch(tunnel);

    /// <summary>Takes a datagram that may be anything; its content is lost.</summary>
    public void HandleDatagram(UdpEndpoint from, Span<byte> datagram, EcnMark ecn, MonoTime now, DateTimeOffset utcNow)
    {
        if (datagram.IsEmpty)
        {
            _trace.Dropped(DropReason.BadLength);
            return;
        }

        if (datagram[0] is >= PacketHeader.TypeBits and <= PacketHeader.TypeBits + PacketHeader.MaxKeyPhase)
        {
            HandlePacket(from, datagram, ecn, now);
            return;
        }

        _handshakes.HandleDatagram(from, datagram, now, utcNow);
    }

    /// <summary>Hands out the next claim to derive, off the loop; its result goes to <see cref="HandleDerived"/>.</summary>
    public bool PollDerivation(out AddressClaim claim) => _handshakes.PollDerivation(out claim);

    public void HandleDerived(AddressClaim claim, MeshAddress? address, MonoTime now) =>
        _handshakes.HandleDerived(claim, address, now);

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        BeginFirst(now, utcNow);
        _handshakes.HandleTimeout(now, utcNow);
        foreach (var tunnel in _schedule.TakeDue(now))
        {
            Fence.HandleTimeout(tunnel, now, utcNow);
            _handshakes.Rekey(tunnel, now, utcNow);
            _handshakes.AskFor(tunnel, now, utcNow);
            Touch(tunnel);
            if (tunnel.IsOver)
            {
                Forget(tunnel);
            }
        }
    }

    /// <summary>Hands out the next datagram.</summary>
    /// <param name="destination">At least <see cref="TunnelSettings.MaxDatagramBytes"/>.</param>
    /// <param name="transmit">How it is to be sent.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is nothing to send now.</returns>
    public int PollTransmit(Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        var length = _handshakes.PollTransmit(destination, out var to, now);
        transmit = new Transmit(to, Alone: false, Ecn: false);
        return length > 0 ? length : _schedule.PollTransmit(Fence, destination, out transmit, now);
    }

    /// <summary>Hands out the next tunnel whose events are to be polled, all of them.</summary>
    public bool PollTunnel(out Tunnel tunnel) => _schedule.PollTunnel(out tunnel);

    /// <summary>Hands out the next answered or failed question.</summary>
    public bool PollAnswer(out QuestionAnswer answer) => _handshakes.PollAnswer(out answer);

    public void Dispose()
    {
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        _handshakes.Dispose();
        _slab.Dispose();
    }

    private void HandlePacket(UdpEndpoint from, Span<byte> packet, EcnMark ecn, MonoTime now)
    {
        if (!PacketHeader.TryRead(packet, out _, out var connectionId, out _))
        {
            _trace.Dropped(DropReason.BadLength);
            return;
        }

        if (!_connections.TryFind(connectionId, out var tunnel, out var session) || session is null)
        {
            _trace.Dropped(DropReason.UnknownConnection);
            return;
        }

        Fence.HandlePacket(tunnel, session, packet, from, ecn, now);
        _signals.Take(tunnel);
        Touch(tunnel);
    }

    /// <summary>The live tunnel to a peer, else a new one; null when there are too many.</summary>
    private Tunnel? FindOrMake(PeerRecord peer, MonoTime now)
    {
        if (_byRoot.TryGetValue(peer.Root, out var tunnel))
        {
            if (tunnel.State != TunnelState.Closed)
            {
                return tunnel;
            }

            Forget(tunnel);
        }

        if (_tunnels.Count >= _settings.MaxTunnels)
        {
            return null;
        }

        tunnel = new Tunnel(
            _settings,
            peer,
            _identity.Root.CompareTo(peer.Root) < 0,
            _unused.Take(peer.Root),
            _random,
            _trace,
            session => _handshakes.HandleDecided(session.Attempt),
            Retire,
            now);
        tunnel.Counters.Traffic.Node = Traffic;
        tunnel.Routes.NewEndpoints = NewEndpoints;
        Made?.Invoke(tunnel);
        tunnel.Routes.SetCandidates(_candidates, now);
        _byRoot.Add(peer.Root, tunnel);
        tunnel.Place.Index = _tunnels.Count;
        _tunnels.Add(tunnel);
        return tunnel;
    }

    /// <summary>Begins first attempts, not before the caller could say what is to go with them.</summary>
    private void BeginFirst(MonoTime now, DateTimeOffset utcNow)
    {
        foreach (var tunnel in _toBegin)
        {
            if (tunnel is { State: TunnelState.Opening, Dial: null })
            {
                _handshakes.Begin(tunnel, now, utcNow);
                Touch(tunnel);
            }
        }

        _toBegin.Clear();
    }

    private void Retire(TunnelSession session)
    {
        _connections.Release(session.LocalConnectionId);
        _handshakes.HandleDecided(session.Attempt);
    }

    private void Forget(Tunnel tunnel)
    {
        var index = tunnel.Place.Index;
        _tunnels[index] = _tunnels[^1];
        _tunnels[index].Place.Index = index;
        _tunnels.RemoveAt(_tunnels.Count - 1);
        tunnel.Place.Index = -1;
        _unused.HandleForgotten(tunnel);
        _byRoot.Remove(tunnel.Peer.Root);
        _schedule.Touch(tunnel);
        tunnel.Dispose();
    }
}
