using System;
using System.Linq;
using System.Text.Json.Nodes;
using Akka.Cluster;
using Akka.Configuration;
using MeshActors.Clusters;
using MeshActors.Hosting;

namespace MeshActors.Host.Roles;

/// <summary>The agents' ActorSystem as a member of a cluster, where the user's section <c>akka</c> makes it one.</summary>
internal static class ClusterRole
{
    private const string Provider = "cluster";

    /// <summary>Takes seed nodes and roles out of the section, so that the node is a member as one of <c>WithMesh</c> is; nothing where it is none.</summary>
    /// <param name="options">Of the agents' system.</param>
    /// <param name="akka">The user's section, or empty.</param>
    public static void Fill(MeshOptions options, string akka)
    {
        var config = akka.Length == 0 ? Config.Empty : ConfigurationFactory.ParseString(akka);
        if (!config.GetString("akka.actor.provider", string.Empty).Contains(Provider, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        options.Cluster = new MeshClusterOptions();
        foreach (var seed in config.GetStringList("akka.cluster.seed-nodes", []))
        {
            options.Cluster.SeedNodes.Add(seed);
        }

        foreach (var role in config.GetStringList("akka.cluster.roles", []))
        {
            options.Cluster.Roles.Add(role);
        }
    }

    /// <summary>How the node stands in its cluster, as fields for programs; null where it is in none.</summary>
    public static JsonObject? Fields(MeshSystem? system)
    {
        if (system is null || !MeshCluster.IsIn(system.System))
        {
            return null;
        }

        var cluster = Cluster.Get(system.System);
        var state = cluster.State;
        return new JsonObject
        {
            ["address"] = cluster.SelfAddress.ToString(),
            ["status"] = cluster.SelfMember.Status.ToString().ToLowerInvariant(),
            ["roles"] = new JsonArray([.. cluster.SelfRoles.Order(StringComparer.Ordinal).Select(role => (JsonNode)role)]),
            ["members"] = new JsonArray([.. state.Members.Select(member => (JsonNode)new JsonObject
            {
                ["address"] = member.Address.ToString(),
                ["status"] = member.Status.ToString().ToLowerInvariant(),
                ["reachable"] = !state.Unreachable.Contains(member),
            })]),
        };
    }

    /// <summary>True where the node is in no cluster, or is up in it.</summary>
    public static bool IsReady(MeshSystem? system) =>
        system is null || !MeshCluster.IsIn(system.System) || IsUp(Cluster.Get(system.System));

    private static bool IsUp(Cluster cluster) => cluster.State.Members.Any(member =>
        member.UniqueAddress.Equals(cluster.SelfUniqueAddress) && member.Status == MemberStatus.Up);
}
