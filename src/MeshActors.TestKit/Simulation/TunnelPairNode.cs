using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Simulation;

/// <summary>One node of a <see cref="TunnelPair"/>: its whole table of tunnels, and what it says on each stream.</summary>
internal sealed class TunnelPairNode : IDisposable
{
    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly SimRandom _random;

    public TunnelPairNode(int side, SimRandom random)
    {
        Side = side;
        _random = random;
        Identity = SimIdentities.Of(side);
        Endpoint = new UdpEndpoint(UdpEndpoint.MappedPrefix | (uint)(0x0A00_0001 + side), 7400);
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

    /// <summary>What it had said before it restarted: some of that may still be on its way.</summary>
    public SortedDictionary<ulong, SimTalk> FormerTalks { get; private set; } = [];

    /// <summary>Streams that have ended, with how.</summary>
    public SortedDictionary<ulong, StreamEnd> Ends { get; } = [];

    /// <summary>When it dials, or dials again; null when it need not.</summary>
    public MonoTime? DialAt { get; set; }

    public PeerRecord Record => new(Identity.Certificate, [Endpoint]);

    /// <summary>Loses everything but its identity, as a process that was killed and started again.</summary>
    public void Restart()
    {
        Table.Dispose();
        Table = NewTable();
        Tunnel = null;
        FormerTalks = Talks;
        Talks = [];
        Ends.Clear();
    }

    public void Dispose()
    {
        Table.Dispose();
        _secret.Dispose();
    }

    /// <summary>What a machine of a tunnel threw, null when none did.</summary>
    public string? TakeFault() => Table.Fence.PollFault(out var broken) ? $"node {Side} broke: {broken.Fault}" : null;

    private TunnelTable NewTable() =>
        new(new TunnelSettings(), Identity, new TrustSettings(0, [_secret], []), _random.Split(), Drops);
}
