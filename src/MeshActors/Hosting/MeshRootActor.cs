using System;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Backbone;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Peers;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;

namespace MeshActors.Hosting;

/// <summary><c>/user/mesh</c>: the root of the node's own actors; forwards to the child a message is for.</summary>
/// <remarks>
/// <code>
/// /user/mesh
///   discovery        registers and renews; asks
///   peers/ADDRESS    one per cache entry, with its lifetime
///   tasks            dispatches and runs, one child each
///   agents/NAME      one per agent
///   backbone         where the role is on
/// </code>
/// A child that fails is restarted alone. What must outlive that is held here: the register of tasks, so that none runs
/// twice.
/// </remarks>
internal sealed class MeshRootActor : UntypedActor
{
    /// <summary>Name of this actor below <c>/user</c>.</summary>
    public const string Name = "mesh";

    private readonly MeshRootParts _parts;
    private readonly MeshTunnels _tunnels;
    private IActorRef _discovery = ActorRefs.Nobody;
    private IActorRef _peers = ActorRefs.Nobody;
    private IActorRef _tasks = ActorRefs.Nobody;
    private IActorRef _agents = ActorRefs.Nobody;
    private IActorRef _backbone = ActorRefs.Nobody;
    private IDisposable? _watch;

    public MeshRootActor(MeshRootParts parts, MeshTunnels tunnels)
    {
        _parts = parts;
        _tunnels = tunnels;
    }

    public static Props Props(MeshRootParts parts, MeshTunnels tunnels) =>
        Akka.Actor.Props.Create(() => new MeshRootActor(parts, tunnels));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    protected override void PreStart()
    {
        var schemas = new SchemaValidator();
        _discovery = Context.ActorOf(_parts.Discovery, "discovery");
        _peers = Context.ActorOf(_parts.Peers(_discovery), "peers");
        var node = new TaskNode(
            _tunnels.Address,
            _tunnels.Clock,
            _tunnels.Random,
            schemas,
            _peers,
            _parts.Own,
            new TunnelTaskConnector(_tunnels),
            _parts.Calls,
            _parts.Journal);
        var tasks = Context.ActorOf(TasksActor.Props(node, new TaskRegister(_parts.Work)), "tasks");
        _tasks = tasks;
        var discovery = _discovery;
        _agents = Context.ActorOf(
            AgentsActor.Props(
                _parts.Own, schemas, served => discovery.Tell(new DescriptorsChanged(served), ActorRefs.NoSender)),
            "agents");
        _backbone = _parts.Backbone is { } backbone ? Context.ActorOf(backbone, "backbone") : ActorRefs.Nobody;
        _watch = _tunnels.Watch(change => tasks.Tell(
            new DispatchActor.TunnelChanged(
                change.Tunnel.Peer.Address, Open: change.Kind == TunnelChangeKind.Opened),
            ActorRefs.NoSender));
        var directory = _backbone;
        _tunnels.AcceptStreams(new StreamAcceptor(tasks, _parts.Directory(directory)).Accept);
    }

    protected override void PostStop()
    {
        _watch?.Dispose();
        _tunnels.AcceptStreams(_ => null);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TasksActor.Submit or TasksActor.CancelTask or TasksActor.Drain:
                _tasks.Forward(message);
                break;
            case AgentsActor.AddAgent or AgentsActor.RemoveAgent:
                _agents.Forward(message);
                break;
            case CandidatesRequested or PeersStatusRequested:
                _peers.Forward(message);
                break;
            case DiscoveryStatusRequested or LeaveDirectories:
                _discovery.Forward(message);
                break;
            case BackboneStatusRequested:
                _backbone.Forward(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
