using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Simulation;

/// <summary>One node of a <see cref="TunnelPair"/>: its whole table of tunnels, and what it says on each stream.</summary>
internal sealed class TunnelPairNode : IDisposable
{
    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly Dictionary<(ulong Own, ulong? Peer), SortedDictionary<ulong, SimTalk>> _former = [];
    private readonly SimRandom _random;
    private readonly TunnelSettings _settings;
    private Tunnel? _noted;
    private StreamMux? _mux;

    /// <summary>Slots of keys that sessions and handshakes of one tunnel can need at once: five sessions of two keys, two handshakes, and what the node itself holds.</summary>
    private const int MostKeys = 64;

    public TunnelPairNode(int side, TunnelPairScenario scenario, SimRandom random)
    {
        Side = side;
        _random = random;
        Identity = SimIdentities.Of(side);
        _settings = new TunnelSettings { Rekey = scenario.Rekey, MaxDatagramBytes = PathMtu.LargestBytes };
        var network = scenario.IsLoopback ? 0x7F00_0001 : 0x0A00_0001;
        Endpoint = new UdpEndpoint(UdpEndpoint.MappedPrefix | (uint)(network + side), 7400);
        Table = NewTable();
    }

    public int Side { get; }

    public NodeIdentity Identity { get; }

    public UdpEndpoint Endpoint { get; }

    public TunnelTable Table { get; private set; }

    /// <summary>The tunnel to the other node, once there is one.</summary>
    public Tunnel? Tunnel { get; set; }

    public DropCounters Drops { get; } = new();

    /// <summary>Streams it still has to open.</summary>
    public int StreamsToOpen { get; set; }

    public SortedDictionary<ulong, SimTalk> Talks { get; private set; } = [];

    /// <summary>The incarnations that name the streams' state in which it talks now.</summary>
    public (ulong Own, ulong? Peer) Pair { get; private set; }

    /// <summary>Streams that have ended, with how.</summary>
    public SortedDictionary<ulong, StreamEnd> Ends { get; } = [];

    /// <summary>When it dials, or dials again; null when it need not.</summary>
    public MonoTime? DialAt { get; set; }

    public PeerRecord Record => new(Identity.Certificate, [Endpoint]);

    /// <summary>Notes what names the state, unless events of a state before are still to be heard.</summary>
    public void Note(Tunnel tunnel)
    {
        if (_noted != tunnel || _mux is null || _mux == tunnel.Streams)
        {
            _noted = tunnel;
            _mux = tunnel.Streams;
            Pair = (tunnel.Incarnations.Own, tunnel.Incarnations.Peer);
        }
    }

    /// <summary>The state before is over; what was said in it may still be on its way.</summary>
    public void BeginState(Tunnel? tunnel)
    {
        _former[Pair] = Talks;
        Talks = [];
        Ends.Clear();
        _mux = null;
        Pair = default;
        if (tunnel is not null)
        {
            Note(tunnel);
        }
    }

    /// <summary>What it says, or said, to a hearer in the state that the hearer is in.</summary>
    public SortedDictionary<ulong, SimTalk>? TalksHeardIn((ulong Own, ulong? Peer) hearer) =>
        Pair.Own == hearer.Peer && Pair.Peer == hearer.Own
            ? Talks
            : _former.GetValueOrDefault((hearer.Peer ?? 0, hearer.Own));

    /// <summary>Loses everything but its identity, as a process that was killed and started again.</summary>
    public void Restart()
    {
        Table.Dispose();
        Table = NewTable();
        Tunnel = null;
        BeginState(null);
    }

    public void Dispose()
    {
        Table.Dispose();
        _secret.Dispose();
    }

    /// <summary>What a machine of a tunnel threw, null when none did.</summary>
    public string? TakeFault() => Table.Fence.PollFault(out var broken) ? $"node {Side} broke: {broken.Fault}" : null;

    /// <summary>What is wrong with the number of keys held, null when nothing is.</summary>
    public string? CheckKeys() => Table.KeysHeld > MostKeys ? $"node {Side} holds {Table.KeysHeld} keys" : null;

    private TunnelTable NewTable() =>
        new(_settings, Identity, new TrustSettings(0, [_secret], []), _random.Split(), Drops);
}
