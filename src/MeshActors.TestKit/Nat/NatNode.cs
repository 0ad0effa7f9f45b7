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

/// <summary>A whole node in a <see cref="NatWorld"/>: all machines behind one socket of a host.</summary>
internal sealed class NatNode : IDisposable
{
    /// <summary>The port of its socket.</summary>
    public const ushort Port = 7400;

    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly Dictionary<Tunnel, NatTalk> _talks = [];
    private readonly byte[] _buffer = new byte[PathMtu.LargestBytes + NodeSwitch.FrameRoom];

    public NatNode(SimHost host, int number, bool isRelay, SimRandom random)
    {
        Host = host;
        Identity = SimIdentities.Of(number, isRelay ? NodeRoles.Relay : NodeRoles.Agent);
        Switch = new NodeSwitch(
            new TunnelSettings(),
            isRelay ? new RelaySettings() : null,
            Identity,
            new TrustSettings(0, [_secret], []),
            random,
            Drops);
        host.Open(Port);
    }

    public SimHost Host { get; }

    public NodeIdentity Identity { get; }

    public NodeSwitch Switch { get; }

    public DropCounters Drops { get; } = new();

    /// <summary>What was said and heard in each tunnel.</summary>
    public IReadOnlyDictionary<Tunnel, NatTalk> Talks => _talks;

    /// <summary>Failures of tunnels, each with the time.</summary>
    public List<(MonoTime At, TunnelFailure Failure)> Failures { get; } = [];

    /// <summary>What a directory would say of it: where relays and its own addresses are.</summary>
    public PeerRecord Record => new(Identity.Certificate, [.. Endpoints().Distinct().Take(PeerRecord.MaxEndpoints)])
    {
        Relays = [.. Switch.Links.All.Where(link => link.Client.IsLeased).Select(link => link.Client.Relay)],
    };

    /// <summary>The endpoints of its host's addresses.</summary>
    public IEnumerable<UdpEndpoint> HostEndpoints => Host.Interfaces.Select(face => new UdpEndpoint(face.Address, Port));

    /// <summary>Takes a datagram.</summary>
    public void Receive(in SimDatagram datagram, MonoTime now, DateTimeOffset utcNow) =>
        Switch.HandleDatagram(datagram.From, datagram.Bytes.ToArray(), EcnMark.NotCapable, now, utcNow);

    /// <summary>Does what is due, and sends.</summary>
    /// <returns>What went wrong in a machine, or null.</returns>
    public string? Drive(SimInternet internet, MonoTime now, DateTimeOffset utcNow)
    {
        Switch.HandleTimeout(now, utcNow);
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
                internet.Send(Host, Port, transmit.To, _buffer.AsSpan(0, length).ToArray(), now);
            }

            while (Switch.PollForwarded(_buffer, out var to, now) is > 0 and var forwarded)
            {
                internet.Send(Host, Port, to, _buffer.AsSpan(0, forwarded).ToArray(), now);
            }
        }
        while (Switch.Table.HasEvents);

        return Switch.Table.Fence.PollFault(out var broken) ? $"{Host.Place.Name} broke: {broken.Fault}" : null;
    }

    /// <summary>Opens a tunnel to another node, and says numbers in it from then on.</summary>
    public Tunnel Open(NatNode peer, bool early, MonoTime now, DateTimeOffset utcNow)
    {
        var tunnel = Switch.Table.Open(peer.Record, now, utcNow)
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
            _talks[tunnel] = talk = new NatTalk(tunnel);
        }

        return talk;
    }

    /// <summary>Says the next number in each tunnel that is talked in.</summary>
    public void Say(MonoTime now)
    {
        foreach (var talk in _talks.Values)
        {
            if (talk.TrySay(now))
            {
                Switch.Table.Touch(talk.Tunnel);
            }
        }
    }

    public void Dispose()
    {
        Switch.Dispose();
        _secret.Dispose();
    }

    private IEnumerable<UdpEndpoint> Endpoints()
    {
        var relays = Switch.Links.All.Select(link => link.Client.Attested).Where(seen => seen != default);
        return HostEndpoints.Where(host => EndpointPolicy.Allows(host, isMember: false, onLoopback: false)).Concat(relays);
    }

    private void Handle(Tunnel tunnel, in TunnelEvent happened, MonoTime now)
    {
        switch (happened.Kind)
        {
            case TunnelEventKind.Opened:
                TalkIn(tunnel).OpenedAt ??= now;
                break;
            case TunnelEventKind.Failed:
                Failures.Add((now, happened.Failure));
                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Message:
                TalkIn(tunnel).Hear(happened.Stream, now);
                Switch.Table.Touch(tunnel);
                break;
            default:
                break;
        }
    }
}
