using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using Akka.Configuration;

namespace MeshActors.Clusters;

/// <summary>The part of a node's configuration that makes it a member of a cluster.</summary>
internal static class ClusterHocon
{
    private const string ResourceName = "cluster.conf";

    /// <summary>What lies beneath the program's own configuration: <c>hocon/cluster.conf</c>.</summary>
    public static Config Defaults { get; } = Load();

    /// <summary>What stands above it: the roles, and no seed nodes, which <see cref="SeedActor"/> goes through instead of Akka.</summary>
    /// <param name="options">Of the member.</param>
    /// <param name="region">Of the node, or empty.</param>
    public static Config Write(MeshClusterOptions options, string region)
    {
        var roles = options.Roles.AsEnumerable();
        if (region.Length > 0)
        {
            roles = roles.Prepend(MeshClusterOptions.RegionRole + region);
        }

        return ConfigurationFactory.ParseString(
            $$"""
            akka.cluster {
              roles = [{{string.Join(", ", roles.Distinct().Select(role => JsonSerializer.Serialize(role)))}}]
              seed-nodes = []
            }
            """);
    }

    private static Config Load()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourceName)
            ?? throw new ConfigurationException($"{ResourceName} is missing in this assembly.");
        using var reader = new StreamReader(resource);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
