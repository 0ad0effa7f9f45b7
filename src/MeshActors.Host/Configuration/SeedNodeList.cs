using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using MeshActors.Clusters;

namespace MeshActors.Host.Configuration;

/// <summary>The seed nodes of a cluster as the user's section <c>akka</c> names them: what cannot be one is found before a node starts.</summary>
internal static class SeedNodeList
{
    /// <summary>Name of the agents' ActorSystem, and so of every member.</summary>
    public const string SystemName = "mesh";

    private const string Key = "cluster.seed-nodes";
    private const string FullKey = $"{AkkaSection.Path}.{Key}";

    private static readonly string Allowed =
        $"a list of at most {MeshClusterOptions.MaxSeedNodes} addresses {MeshClusterOptions.Protocol}://{SystemName}@HOST:PORT, each once";

    /// <summary>Reports what is wrong with the list; nothing where there is none.</summary>
    public static void Check(ConfigValue? akka, MistakeList mistakes)
    {
        if (AkkaSection.Find(akka, Key) is not { } list || list.Kind == ConfigKind.Null)
        {
            return;
        }

        if (list.Kind != ConfigKind.List)
        {
            mistakes.Add(list.Origin, FullKey, list.Show(), "is not a list", Allowed);
            return;
        }

        var seeds = new HashSet<Address>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (FaultOf(item, seeds) is { } fault)
            {
                mistakes.Add(item.Origin, $"{FullKey}[{index}]", item.Show(), fault, Allowed);
            }
        }
    }

    private static string? FaultOf(ConfigValue item, HashSet<Address> seeds)
    {
        if (item.Kind != ConfigKind.Text || !MeshClusterOptions.TryReadSeedNode(item.Text, out var seed))
        {
            return "is no address of a seed node";
        }

        if (seed.System != SystemName)
        {
            return $"names the ActorSystem {seed.System}, and members are called {SystemName}";
        }

        return !seeds.Add(seed) ? "stands there twice"
            : seeds.Count > MeshClusterOptions.MaxSeedNodes ? "is one too many"
            : null;
    }
}
