using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Clusters;
using MeshActors.Discovery;
using MeshActors.Host.Api;
using MeshActors.Host.Cli;
using MeshActors.Host.Configuration;
using MeshActors.Hosting;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Microsoft.Extensions.Logging;

namespace MeshActors.Host.Roles;

/// <summary>The roles of one process: the backbone in an ActorSystem of its own, agents in another.</summary>
/// <remarks>The backbone starts first and stops last, so that this node's agents can register and take leave.</remarks>
internal sealed class Node : IAsyncDisposable
{
    private const string AgentKeys = "node.identity";
    private const string BackboneKeys = "backbone.identity";
    private const string RelayKeys = "relay.identity";

    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(1);

    private readonly MeshSettings _settings;
    private readonly Clock _clock;
    private readonly MonoTime _startedAt;
    private readonly NodeEvents _events = new();
    private readonly List<NodeKeys> _keys = [];
    private MeshSystem? _agent;
    private MeshSystem? _backbone;
    private MeshSystem? _relay;

    private Node(MeshSettings settings, Clock clock)
    {
        _settings = settings;
        _clock = clock;
        _startedAt = clock.Now;
    }

    public NodeView View => new(_agent?.Extension.Mesh, StatusAsync, IsReadyAsync);

    /// <summary>Ends when another root holds the agents' address.</summary>
    public Task AddressTaken => _events.AddressTaken;

    /// <summary>Ends when an ActorSystem does.</summary>
    public Task Ended => Task.WhenAny(
        new[] { _agent, _backbone, _relay }.OfType<MeshSystem>().Select(system => system.System.WhenTerminated));

    /// <summary>True when the cluster took the agents' system out, so that a new process has to join in its place.</summary>
    public bool IsDowned => _agent is not null && MeshCluster.IsToStartAgain(_agent.System);

    private MeshSystem First => _agent ?? _backbone ?? _relay!;

    /// <summary>Starts the roles that the settings name.</summary>
    /// <exception cref="CommandFailure">A role cannot start; none is left running.</exception>
    public static async Task<Node> StartAsync(
        NodeConfiguration configuration, HostEnvironment environment, ILoggerFactory log)
    {
        var node = new Node(configuration.Mesh, environment.Clock);
        try
        {
            PrivateDirectory.Create(configuration.Mesh.Identity.Directory);
            await node.StartRolesAsync(configuration, environment, log).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The next start takes another address.</summary>
    public void StoreNextSalt() => _keys[^1].StoreNextSalt();

    /// <summary>What the local API and the ready line say of the node.</summary>
    public async Task<JsonObject> StatusAsync()
    {
        var links = await AskLinksAsync().ConfigureAwait(false);
        var status = Describe();
        status["ready"] = IsReady(links);
        status["cluster"] = ClusterRole.Fields(_agent);
        status["relays"] = await RelaysAsync().ConfigureAwait(false);
        status["backbones"] = new JsonArray([.. links.Select(link => new JsonObject
        {
            ["name"] = link.Backbone,
            ["connected"] = link.Connected,
            ["registered"] = link.IsRegistered,
        })]);
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in new[] { _agent, _backbone, _relay }.OfType<MeshSystem>())
        {
            await system.StopAsync().ConfigureAwait(false);
        }

        _keys.ForEach(keys => keys.Dispose());
    }

    private async Task StartRolesAsync(NodeConfiguration configuration, HostEnvironment environment, ILoggerFactory log)
    {
        var backbone = _settings.Node.Has(NodeRole.Backbone) ? Load(BackboneKeys, NodeRoles.Backbone, environment) : null;
        var relay = _settings.Node.Has(NodeRole.Relay) ? Load(RelayKeys, NodeRoles.Relay, environment) : null;
        var agent = _settings.Node.Has(NodeRole.Agent) ? Load(AgentKeys, NodeRoles.Agent, environment) : null;
        if (backbone is not null)
        {
            _backbone = await MeshSystem.StartAsync(
                "mesh-backbone",
                options =>
                {
                    NodeOptions.FillBackbone(options, _settings, SetupOf(backbone, environment));
                    PinOther(options, agent);
                },
                string.Empty,
                log).ConfigureAwait(false);
        }

        if (relay is not null)
        {
            _relay = await MeshSystem.StartAsync(
                "mesh-relay",
                options =>
                {
                    NodeOptions.FillRelay(options, _settings, SetupOf(relay, environment));
                    PinOther(options, agent);
                },
                string.Empty,
                log).ConfigureAwait(false);
        }

        if (agent is null)
        {
            return;
        }

        _agent = await MeshSystem.StartAsync(
            SeedNodeList.SystemName,
            options =>
            {
                NodeOptions.FillAgent(options, _settings, SetupOf(agent, environment));
                ClusterRole.Fill(options, configuration.Akka);
                PinOther(options, backbone);
                PinOther(options, relay);
                AddOwnBackbone(options);
                AddOwnRelay(options);
            },
            configuration.Akka,
            log).ConfigureAwait(false);
        WatchEvents(_agent.System);
        foreach (var entry in _settings.Agents)
        {
            await AddAgentAsync(entry).ConfigureAwait(false);
        }
    }

    /// <summary>What is published from the return on is heard.</summary>
    private void WatchEvents(ActorSystem system)
    {
        var actor = system.ActorOf(NodeEventsActor.Props(_events), "node-events");
        foreach (var kind in NodeEventsActor.Kinds)
        {
            system.EventStream.Subscribe(actor, kind);
        }
    }

    private static MeshTransportSetup SetupOf(NodeKeys keys, HostEnvironment environment) =>
        new() { Identity = keys.Identity, Clock = environment.Clock, Random = environment.Random };

    private NodeKeys Load(string file, NodeRoles roles, HostEnvironment environment)
    {
        var keys = NodeKeys.Load(
            _settings.Identity, file, _settings.Node.Realm, roles, environment.Clock, environment.Random);
        _keys.Add(keys);
        return keys;
    }

    private void PinOther(MeshOptions options, NodeKeys? other)
    {
        if (other is not null)
        {
            NodeOptions.Pin(options, _settings, other.Identity.Root);
        }
    }

    private void AddOwnBackbone(MeshOptions options)
    {
        if (_backbone is null)
        {
            return;
        }

        options.Backbones.Add(new MeshBackbone(
            NodeOptions.OwnBackbone, [Reachable(_backbone).ToString()], _backbone.Root.ToString()));
    }

    private void AddOwnRelay(MeshOptions options)
    {
        if (_relay is not null && options.Relays.Count < RelayEntry.Most
            && options.Relays.All(relay => relay.Root != _relay.Root.ToString()))
        {
            options.Relays.Add(new MeshRelay([Reachable(_relay).ToString()], _relay.Root.ToString()));
        }
    }

    /// <summary>Where another role of this process is reached.</summary>
    private static IPEndPoint Reachable(MeshSystem system)
    {
        var endpoint = system.Endpoints[0].ToIPEndPoint();
        var reachable = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new IPEndPoint(reachable, endpoint.Port);
    }

    private async Task AddAgentAsync(AgentEntry entry)
    {
        try
        {
            await _agent!.Extension.AddAgentAsync(entry.Name, Props.Create(entry.Type!))
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is ArgumentException or InvalidOperationException or AskTimeoutException or TargetInvocationException)
        {
            throw new CommandFailure(
                ErrorCodes.Configuration,
                $"The agent {entry.Name} cannot start: {exception.Message}",
                "It needs a public constructor without parameters, and must serve a capability.",
                inner: exception);
        }
    }

    /// <summary>Where peers reach this node's agents beside its endpoints, home relay first; none when the driver does not answer.</summary>
    private async Task<JsonArray> RelaysAsync()
    {
        try
        {
            var leases = _agent is null
                ? []
                : await _agent.LeasesAsync().WaitAsync(StatusTimeout, _clock.Provider).ConfigureAwait(false);
            return [.. leases.Select(relay => (JsonNode)relay.ToString())];
        }
        catch (Exception failure) when (failure is TimeoutException or TunnelException)
        {
            return [];
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        var links = await AskLinksAsync().ConfigureAwait(false);
        return !Ended.IsCompleted && IsReady(links);
    }

    private bool IsReady(ImmutableArray<BackboneLinkStatus> links) =>
        (links.IsEmpty || links.Any(link => link.Connected)) && ClusterRole.IsReady(_agent);

    /// <summary>How the node stands with its backbones; each as away when discovery does not answer.</summary>
    private async Task<ImmutableArray<BackboneLinkStatus>> AskLinksAsync()
    {
        if (_agent is null)
        {
            return [];
        }

        try
        {
            var status = await _agent.Extension.Root.Ask<DiscoveryStatus>(
                DiscoveryStatusRequested.Instance, StatusTimeout).ConfigureAwait(false);
            return status.Backbones;
        }
        catch (AskTimeoutException)
        {
            return [.. _settings.Discovery.Backbones.Select(entry => new BackboneLinkStatus(entry.Name, false, false))];
        }
    }

    private JsonObject Describe() => new()
    {
        ["id"] = _settings.Node.Id,
        ["address"] = First.Address.ToString(),
        ["root"] = First.Root.ToString(),
        ["endpoints"] = Endpoints(First),
        ["roles"] = new JsonArray([.. _settings.Node.Roles.Select(role => (JsonNode)role.ToString().ToLowerInvariant())]),
        ["region"] = _settings.Node.Region,
        ["version"] = typeof(Node).Assembly.GetName().Version!.ToString(3),
        ["uptimeSeconds"] = Math.Round((_clock.Now - _startedAt).TotalSeconds, 1),
        ["tunnels"] = _agent?.Tunnels ?? 0,
        ["traffic"] = TrafficReport.Fields(_agent),
        ["capabilities"] = new JsonArray([.. Capabilities()]),
        ["backbone"] = DescribeRole(_backbone),
        ["relay"] = DescribeRelay(),
    };

    private JsonObject? DescribeRelay()
    {
        var relay = DescribeRole(_relay);
        if (relay is not null)
        {
            relay["webSocketEndpoint"] = _relay!.WebSocketEndpoint?.ToString();
        }

        return relay;
    }

    private static JsonObject? DescribeRole(MeshSystem? system) => system is null ? null : new JsonObject
    {
        ["address"] = system.Address.ToString(),
        ["root"] = system.Root.ToString(),
        ["endpoints"] = Endpoints(system),
        ["tunnels"] = system.Tunnels,
    };

    private IEnumerable<JsonNode> Capabilities() => (_agent?.Extension.Own.Agents ?? [])
        .Select(agent => (JsonNode)string.Create(
            CultureInfo.InvariantCulture, $"{agent.Served.Descriptor.Name} {agent.Served.Descriptor.Version}"));

    private static JsonArray Endpoints(MeshSystem system) =>
        [.. system.Endpoints.Select(endpoint => (JsonNode)endpoint.ToString())];
}
