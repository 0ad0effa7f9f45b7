using System.Collections.Generic;

namespace MeshActors.RegionLab.Nodes;

/// <summary>What a node of the laboratory tells, as one line of JSON.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="At">When, in nanoseconds of the machine's clock, which all processes share.</param>
internal sealed record NodeEvent(string Kind, long At)
{
    /// <summary>Its transport listens; with <see cref="Self"/>.</summary>
    public const string Up = "up";

    /// <summary>Its view of the cluster; with <see cref="Members"/>.</summary>
    public const string Cluster = "cluster";

    /// <summary>An actor that may run once in the cluster runs here; with <see cref="Actor"/> and <see cref="Instance"/>, again and again.</summary>
    public const string Runs = "runs";

    /// <summary>It runs no more.</summary>
    public const string Stopped = "stopped";

    /// <summary>Who has answered in the last second; with <see cref="Answered"/>.</summary>
    public const string Heard = "heard";

    /// <summary>The health checks' words; with <see cref="Health"/>.</summary>
    public const string Checked = "checked";

    /// <summary>The node's address and incarnation.</summary>
    public string? Self { get; init; }

    /// <summary>Address and incarnation of each member; those that are not up or not reachable with a word behind.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    public string? Actor { get; init; }

    /// <summary>Different for each time an actor is made.</summary>
    public string? Instance { get; init; }

    /// <summary>Names of actors.</summary>
    public IReadOnlyList<string> Answered { get; init; } = [];

    /// <summary>Status of each check by its name.</summary>
    public IReadOnlyDictionary<string, string>? Health { get; init; }
}
