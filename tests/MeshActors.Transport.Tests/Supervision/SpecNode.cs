using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>A whole node of a spec: the engine and the transport's actors as they are in a program, on a host of a simulated internet and in the scheduler's time.</summary>
internal sealed class SpecNode : IAssociationEventListener, IDisposable
{
    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly SimSockets _sockets;
    private readonly SteppedEngine _stepped;
    private readonly List<AssociationHandle> _accepted = [];
    private readonly List<SpecRequest> _requests = [];

    public SpecNode(SupervisionSpec spec, string name, SimHost host, NodeIdentity identity, bool isRelay, ImmutableArray<RelaySetting> relays)
    {
        Host = host;
        Identity = identity;
        var clock = spec.Clock;
        var trust = new TrustSettings(0, [_secret], []);
        Transport = spec.Start(name, MeshTransportActor.Props(
            TunnelsActor.Props(
                open => ControlOf(Engine.Open(open.Peer, open.Early)),
                new TunnelsSettings(MaxTunnels: 16, SupervisionSpec.Supervision),
                clock,
                spec.Random),
            RelaysActor.Props(new RelayDesk(() => Engine, trust, clock), clock, spec.Random),
            NatActor.Props()));
        var log = Logging.GetLogger(spec.Sys, nameof(SpecNode));
        var listener = new EngineListener(Transport, ControlOf, log);
        _sockets = new SimSockets(spec.Internet, host, NatNode.Port, clock);
        _stepped = MeshEngine.StartStepped(
            _sockets,
            new EngineSettings([], new TunnelSettings { AbandonTimeout = SupervisionSpec.Supervision.ReconnectTimeout + TimeSpan.FromSeconds(30) })
            {
                Relaying = isRelay ? new RelaySettings() : null,
            },
            identity,
            trust,
            clock,
            spec.Random,
            listener,
            SimIdentities.Derive);
        Address = new Address("mesh", "spec", HostNames.AkkaForm(_sockets.LocalEndpoints[0].ToIPAddress()), NatNode.Port);
        Associations = new Associations(Address, Task.FromResult<IAssociationEventListener>(this), new AssociationBounds(65_536, 65_536), clock, log);
        listener.AcceptAssociations(Associations);
        listener.AcceptStreams(_ =>
        {
            var request = new SpecRequest(clock, serves: true);
            _requests.Add(request);
            return request;
        });
        Engine.HandleAddresses(_sockets.LocalEndpoints);
        Transport.Tell(new UseRelays(relays));
    }

    public SimHost Host { get; }

    public NodeIdentity Identity { get; }

    /// <summary>The top of its actors.</summary>
    public IActorRef Transport { get; }

    public MeshEngine Engine => _stepped.Engine;

    public Associations Associations { get; }

    /// <summary>What Akka would call it.</summary>
    public Address Address { get; }

    /// <summary>Associations that others opened, in order.</summary>
    public IReadOnlyList<AssociationHandle> Accepted => _accepted;

    /// <summary>Requests of others, in order; each message of them is answered.</summary>
    public IReadOnlyList<SpecRequest> Requests => _requests;

    /// <summary>What a directory would say of it.</summary>
    public PeerRecord Record => new(Identity.Certificate, _sockets.LocalEndpoints);

    /// <summary>What others write to use it as a relay.</summary>
    public RelaySetting AsRelay => new(
        [.. _sockets.LocalEndpoints.Select(endpoint => (HostNames.AkkaForm(endpoint.ToIPAddress()), endpoint.Port))], Root: null);

    /// <summary>How its tunnel to another node goes now; null without a session.</summary>
    public PathKind? PathTo(SpecNode other) => TunnelTo(other)?.Machine?.Path?.Path.Kind;

    /// <summary>Its tunnel to another node; null when there is none.</summary>
    public MeshTunnel? TunnelTo(SpecNode other) =>
        Engine.Snapshot().FirstOrDefault(tunnel => tunnel.Peer.Root == other.Identity.Root);

    /// <summary>A datagram has reached its port.</summary>
    public void Take(in SimDatagram datagram) => _sockets.Take(datagram);

    public MonoTime? NextTurn(MonoTime now) => _stepped.NextTurn(now);

    public void Turn(MonoTime now) => _stepped.Turn(now);

    public void Notify(IAssociationEvent ev) => _accepted.Add(((InboundAssociation)ev).Association);

    public void Dispose()
    {
        _stepped.Dispose();
        _secret.Dispose();
    }

    private EngineTunnelControl ControlOf(MeshTunnel tunnel) => new(Engine, tunnel);
}
