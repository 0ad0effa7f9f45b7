using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh</c>, read once at start, every value within its bounds.</summary>
internal sealed record MeshSettings(
    NodeSettings Node,
    IdentitySettings Identity,
    NetworkingSettings Networking,
    BackboneRoleSettings Backbone,
    RelayRoleSettings Relay,
    DiscoverySettings Discovery,
    DispatchSettings Dispatch,
    ImmutableArray<AgentEntry> Agents,
    ApiSettings Api,
    TrustSection Trust,
    ObservabilitySettings Observability)
{
    public const string Path = "mesh";

    private const int MostAgents = 256;
    private const string TrustNeeded =
        "a loopback address, or any with trust.fleet-secret-file or trust.pinned-roots";

    /// <summary>Reads and checks all sections.</summary>
    /// <param name="mesh">The section <see cref="Path"/>.</param>
    /// <param name="elements">Keys of the elements of lists, from the reference.</param>
    /// <param name="places">Where paths start.</param>
    public static MeshSettings FromConfig(SectionReader mesh, ConfigValue elements, ConfigurationPlaces places)
    {
        CheckCapabilities(mesh.Section("capabilities"));
        var identity = IdentitySettings.FromConfig(mesh.Section("identity"), places);
        var settings = new MeshSettings(
            NodeSettings.FromConfig(mesh.Section("node")),
            identity,
            NetworkingSettings.FromConfig(mesh.Section("networking"), elements.Fields["relay"]),
            BackboneRoleSettings.FromConfig(mesh.Section("backbone")),
            RelayRoleSettings.FromConfig(mesh.Section("relay")),
            DiscoverySettings.FromConfig(mesh.Section("discovery"), elements.Fields["backbone"]),
            DispatchSettings.FromConfig(mesh.Section("dispatch")),
            ReadAgents(mesh, elements.Fields["agent"], places),
            ApiSettings.FromConfig(mesh.Section("api"), places, identity.Directory),
            TrustSection.FromConfig(mesh.Section("trust"), places),
            ObservabilitySettings.FromConfig(mesh.Section("observability"), places));
        settings.CheckTogether(mesh);
        return settings;
    }

    private static void CheckCapabilities(SectionReader section)
    {
        section.Choice("schema-version", "v2");
        section.Choice("validation", "strict");
        section.Choice("group-assignment", "dynamic");
        section.Choice("broadcast-scope", "domain-limited");
    }

    private static ImmutableArray<AgentEntry> ReadAgents(
        SectionReader mesh, ConfigValue element, ConfigurationPlaces places)
    {
        var agents = ImmutableArray.CreateBuilder<AgentEntry>();
        var names = new HashSet<string>();
        foreach (var reader in mesh.Sections("agents", MostAgents, element))
        {
            var agent = AgentEntry.FromConfig(reader, places);
            reader.Require("name", names.Add(agent.Name), "names two agents", "each name once");
            agents.Add(agent);
        }

        return agents.ToImmutable();
    }

    private void CheckTogether(SectionReader mesh)
    {
        mesh.Section("networking").Require(
            "bind", Trust.IsSaid || IPAddress.IsLoopback(Networking.Bind.Address), "admits nobody it could trust", TrustNeeded);
        mesh.Section("backbone").Require(
            "bind", Trust.IsSaid || IPAddress.IsLoopback(Backbone.Bind.Address), "admits nobody it could trust", TrustNeeded);
        mesh.Section("relay").Require(
            "bind", Trust.IsSaid || IPAddress.IsLoopback(Relay.Bind.Address), "admits nobody it could trust", TrustNeeded);
        mesh.Section("relay").Require(
            "websocket-bind",
            Trust.IsSaid || Relay.WebSocketBind is null || IPAddress.IsLoopback(Relay.WebSocketBind.Address),
            "admits nobody it could trust",
            "off, " + TrustNeeded);
        mesh.Section("relay").Require(
            "bind",
            !Node.Has(NodeRole.Relay)
                || Relay.Bind.Port == 0
                || ((!Node.Has(NodeRole.Agent) || Relay.Bind.Port != Networking.Bind.Port)
                    && (!Node.Has(NodeRole.Backbone) || Relay.Bind.Port != Backbone.Bind.Port)),
            "has the port of another role",
            "a port of its own");
        mesh.Require(
            "agents",
            Agents.IsEmpty || Node.Has(NodeRole.Agent),
            "needs the role agent",
            "no agents, or node.roles with agent");
        mesh.Section("backbone").Require(
            "bind",
            !Node.Has(NodeRole.Backbone)
                || !Node.Has(NodeRole.Agent)
                || Networking.Bind.Port == 0
                || Networking.Bind.Port != Backbone.Bind.Port,
            "has the port of networking.bind",
            "a port of its own");
    }
}
