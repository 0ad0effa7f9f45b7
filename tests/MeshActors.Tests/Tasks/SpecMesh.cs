using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Capabilities;
using MeshActors.Peers;
using MeshActors.Tasks;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Tests.Tasks;

/// <summary>Task planes of several nodes in one ActorSystem, without tunnels: each reaches the others by streams in memory.</summary>
/// <remarks>Node n has the address of <see cref="SomeNodes"/>. Who offers what is read from the agents themselves.</remarks>
internal sealed class SpecMesh
{
    private readonly ActorSystem _system;
    private readonly SortedDictionary<int, Node> _nodes = [];
    private readonly ConcurrentDictionary<MeshAddress, bool> _cutOff = new();

    public SpecMesh(ActorSystem system)
    {
        _system = system;
    }

    /// <summary>Streams opened so far, over all nodes.</summary>
    public ConcurrentQueue<LocalTaskStream> Streams { get; } = new();

    public TaskRegisterSettings Work { get; init; } = new();

    public TaskCallSettings Calls { get; init; } = new() { NoPeersPatience = TimeSpan.FromMilliseconds(300) };

    public ITaskJournal? Journal { get; init; }

    public Node Start(int number)
    {
        var own = new OwnCapabilities(region: string.Empty);
        var schemas = new SchemaValidator();
        var root = _system.ActorOf(Props.Create(() => new Root()), $"node-{number}-{_nodes.Count}");
        var peers = _system.ActorOf(Props.Create(() => new SpecPeers(this, number)));
        var node = new TaskNode(
            SomeNodes.Address(number),
            Clock.System,
            SystemRandomSource.Instance,
            schemas,
            peers,
            own,
            new Connector(this, SomeNodes.Address(number)),
            Calls,
            Journal);
        var tasks = root.Ask<IActorRef>(new Root.Create(TasksActor.Props(node, new TaskRegister(Work)), "tasks")).GetAwaiter().GetResult();
        var agents = root.Ask<IActorRef>(new Root.Create(AgentsActor.Props(own, schemas, _ => { }), "agents"))
            .GetAwaiter().GetResult();
        _nodes[number] = new Node(number, new ActorMesh(node.Address, node.Clock, node.Random, own, tasks, peers), tasks, agents, own, root);
        return _nodes[number];
    }

    /// <summary>From then on no tunnel to the node opens.</summary>
    public void CutOff(int number) => _cutOff[SomeNodes.Address(number)] = true;

    /// <summary>A node that runs.</summary>
    public sealed record Node(
        int Number, IMesh Mesh, IActorRef Tasks, IActorRef Agents, OwnCapabilities Own, IActorRef Root)
    {
        public async Task<IActorRef> AddAsync<TAgent>(string name, params object[] arguments)
            where TAgent : MeshAgent
        {
            var added = await Agents.Ask<AgentsActor.AgentAdded>(
                new AgentsActor.AddAgent(name, Props.Create<TAgent>(arguments), []), TimeSpan.FromSeconds(5));
            return added.Agent;
        }
    }

    /// <summary>The place of <c>/user/mesh</c>.</summary>
    internal sealed class Root : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Create create)
            {
                Sender.Tell(Context.ActorOf(create.Props, create.Name));
            }
        }

        internal sealed record Create(Props Props, string Name) : INoSerializationVerificationNeeded;
    }

    /// <summary>Knows at once what every node of the spec serves, in order of their numbers.</summary>
    private sealed class SpecPeers(SpecMesh mesh, int self) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is CandidatesRequested asked)
            {
                Sender.Tell(new Candidates(
                    [
                        .. mesh._nodes.Values
                            .Where(node => node.Number != self)
                            .Select(node => (node.Number, Offer: node.Own.Find(asked.Capability, asked.Filter)))
                            .Where(node => node.Offer is not null
                                && !asked.Exclude.Contains(SomeNodes.Address(node.Number)))
                            .Select(node => Candidate(node.Number, node.Offer!)),
                    ],
                    Stale: false,
                    Hint: "The spec knows no node that offers it."));
            }
        }

        private static PeerCandidate Candidate(int number, CapabilityDescriptor offer) =>
            new(SomeNodes.Peer(number), Region: null, [offer], Uptime: 1, Latency: null, Running: 0, Reachable: true);
    }

    private sealed class Connector(SpecMesh mesh, MeshAddress self) : ITaskConnector
    {
        public Task<ITaskStream> OpenAsync(TaskCandidate candidate, int attempt, IActorRef dispatch, TimeSpan timeout, AheadRequest? ahead)
        {
            if (mesh._cutOff.ContainsKey(candidate.Address))
            {
                return Task.FromException<ITaskStream>(new TimeoutException());
            }

            var worker = mesh._nodes.Values.First(node => node.Mesh.Address == candidate.Address);
            var stream = LocalTaskStream.Open(self, candidate.Address, worker.Tasks, dispatch, attempt);
            mesh.Streams.Enqueue(stream);
            return Task.FromResult<ITaskStream>(stream);
        }
    }
}
