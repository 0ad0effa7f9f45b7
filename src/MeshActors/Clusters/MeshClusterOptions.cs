using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Akka.Actor;

namespace MeshActors.Clusters;

/// <summary>What a node is told that is a member of its fleet's Akka.Cluster.</summary>
/// <remarks>
/// Settings for regions 60 to 140 ms apart lie beneath what the program says itself (<c>hocon/cluster.conf</c>). The region
/// of the node is its role <c>region-...</c>.
/// </remarks>
public sealed class MeshClusterOptions
{
    /// <summary>What the role of a region begins with.</summary>
    public const string RegionRole = "region-";

    internal const int MaxSeedNodes = 32;
    internal const string Protocol = "akka.mesh";

    /// <summary>Akka addresses of members that others join, as <c>akka.mesh://fleet@10.1.2.3:4053</c>; at most 32, the same on every node and in the same order.</summary>
    /// <remarks>
    /// One in each region. The first one alone forms a cluster, when more than half of them can be reached and none of these is a
    /// member of one; so one that starts again while it is cut off makes no second cluster. None: the program joins by itself.
    /// </remarks>
    public IList<string> SeedNodes { get; } = [];

    /// <summary>Roles of the member beside that of its region, each once.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>The seed nodes as addresses.</summary>
    /// <exception cref="ArgumentException">There are too many, one is none, or stands there twice.</exception>
    internal ImmutableArray<Address> ReadSeedNodes()
    {
        Require(SeedNodes.Count <= MaxSeedNodes, $"there are more than {MaxSeedNodes} seed nodes");
        var seeds = SeedNodes.Select(Read).ToImmutableArray();
        Require(seeds.Distinct().Count() == seeds.Length, "a seed node stands there twice");
        return seeds;
    }

    /// <summary>Reads one seed node's address.</summary>
    internal static bool TryReadSeedNode(string text, [NotNullWhen(true)] out Address? address) =>
        ActorPath.TryParseAddress(text, out address) && address.Protocol == Protocol && address.HasGlobalScope;

    private static Address Read(string text)
    {
        Require(TryReadSeedNode(text, out var address), $"'{text}' is no address of a seed node, as {Protocol}://fleet@10.1.2.3:4053");
        return address!;
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new ArgumentException($"MeshClusterOptions.SeedNodes: {problem}.");
        }
    }
}
