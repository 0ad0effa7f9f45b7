using System.Collections.Generic;
using System.Text.Json;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>What one process of the demo is to be; a file in the demo's directory, written by the process that starts
/// it.</summary>
internal sealed record NodeSpec
{
    /// <summary>The program's verb for such a process, followed by the path of the file; people never need
    /// it.</summary>
    public const string Verb = "demo-node";

    /// <summary>How it is written: as all JSON here.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>For people and files: <c>backbone</c>, <c>worker-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>True for the backbone, false for a worker.</summary>
    public bool IsBackbone { get; init; }

    /// <summary>True for the relay.</summary>
    public bool IsRelay { get; init; }

    /// <summary>UDP port on loopback; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Directory of the node's identity: a backbone that starts again is the same node.</summary>
    public required string IdentityDirectory { get; init; }

    /// <summary>File with the secret of the demo's fleet.</summary>
    public required string FleetSecretFile { get; init; }

    /// <summary>The backbone a worker registers at; null for the backbone.</summary>
    public BackboneReady? Backbone { get; init; }

    /// <summary>The relay a node keeps a lease at; null for backbone and relay.</summary>
    public BackboneReady? Relay { get; init; }

    /// <summary>Directory of the texts; empty for the backbone.</summary>
    public string InputRoot { get; init; } = string.Empty;

    /// <summary>What is read below it; empty for everything.</summary>
    public IReadOnlyList<string> InputOnly { get; init; } = [];

    /// <summary>File the worker writes the tasks it begins to; empty for the backbone.</summary>
    public string Journal { get; init; } = string.Empty;
}

/// <summary>Where the demo's backbone is, or its relay.</summary>
/// <param name="Endpoint">Loopback address and port.</param>
/// <param name="Root">Its root key, base32.</param>
internal sealed record BackboneReady(string Endpoint, string Root);
