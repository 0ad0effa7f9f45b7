using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Texts;

/// <summary>Where the texts are read from.</summary>
/// <param name="Root">Full path of the directory that paths of texts start below.</param>
/// <param name="Only">Files and directories below it that are read; empty for everything.</param>
internal sealed record InputFolder(string Root, ImmutableArray<string> Only)
{
    /// <summary>What tells the project's own directory from any other, walking up.</summary>
    public const string ProjectMark = "MeshActors.sln";

    /// <summary>What is read when no directory is named: the project's own documents.</summary>
    public static readonly ImmutableArray<string> OwnDocuments =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs"];

    /// <summary>The directory asked for, or the project's own documents found from the given places upward.</summary>
    /// <param name="input">What the user named, or null.</param>
    /// <param name="startingPoints">Where to look for the project, best first.</param>
    /// <exception cref="CommandFailure">Nothing is there; says what was looked for.</exception>
    public static InputFolder Find(string? input, IReadOnlyList<string> startingPoints)
    {
        if (input is not null)
        {
            return Named(input);
        }

        foreach (var start in startingPoints)
        {
            for (var at = Path.GetFullPath(start); at is not null; at = Path.GetDirectoryName(at))
            {
                if (File.Exists(Path.Combine(at, ProjectMark)))
                {
                    return new InputFolder(at, OwnDocuments);
                }
            }
        }

        var places = string.Join(", ", startingPoints.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal));
        throw new CommandFailure(
            "no-input",
            $"There is no {ProjectMark} in or above {places}, so the project's own documents were not found.",
            "Name a directory with text files: --input DIR.");
    }

    private static InputFolder Named(string input)
    {
        var root = Path.GetFullPath(input);
        if (Directory.Exists(root))
        {
            return new InputFolder(root, []);
        }

        var found = File.Exists(root) ? "is a file, not a directory" : "does not exist";
        throw new CommandFailure(
            "no-input", $"The input {root} {found}.", "Name a directory with text files, such as .md or .txt.");
    }
}
