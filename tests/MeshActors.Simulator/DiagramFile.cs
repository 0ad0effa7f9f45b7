using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MeshActors.TestKit.Nat;

namespace MeshActors.Simulator;

/// <summary>Plays a seed once more to draw it: the sequence diagram, in Mermaid's text, of what happened before it failed.</summary>
internal static partial class DiagramFile
{
    /// <summary>Failing seeds of one campaign that are drawn.</summary>
    public const int Most = 20;

    /// <summary>Where diagrams of failing seeds go when no file was named.</summary>
    private const string Folder = "artifacts/diagrams";

    /// <summary>Writes the diagram of a seed.</summary>
    /// <param name="arguments">Name the world, and the file if there is one.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="failure">What went wrong; in a mesh the nodes that it names are those whose packets are drawn.</param>
    /// <param name="play">Plays the seed.</param>
    /// <returns>The file.</returns>
    public static string Write(SimulatorArguments arguments, ulong seed, string? failure, Action<SimDiagram> play)
    {
        var named = Nodes().Matches(failure ?? string.Empty).Select(match => match.Value).Distinct().Take(2).ToArray();
        var diagram = new SimDiagram { Only = named.Length > 0 ? named : null };
        play(diagram);
        var file = arguments.Diagram ?? Path.Combine(Folder, FormattableString.Invariant($"{arguments.World}-{seed}.mmd"));
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(file, diagram.Draw());
        return file;
    }

    [GeneratedRegex(@"\bn[0-7]\b")]
    private static partial Regex Nodes();
}
