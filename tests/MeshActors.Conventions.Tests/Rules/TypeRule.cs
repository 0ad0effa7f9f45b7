using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using MeshActors.Conventions.Tests.Sources;

namespace MeshActors.Conventions.Tests.Rules;

/// <summary>How types are named, where they stand and how long a file gets.</summary>
internal static partial class TypeRule
{
    public const int MaxLines = 350;

    private static readonly string[] ForbiddenSuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Data", "Info"];

    /// <summary>Names that the base library has: alone they would mislead.</summary>
    private static readonly string[] ForbiddenNames = ["Path", "Stream", "Address", "Endpoint", "Directory"];

    private static readonly Dictionary<string, string> RootNamespaces = new()
    {
        ["MeshActors.Transport"] = "MeshActors.Transport",
        ["MeshActors"] = "MeshActors",
        ["MeshActors.Host"] = "MeshActors.Host",
        ["MeshActors.TestKit"] = "MeshActors.TestKit",
    };

    /// <summary>No type is called by a word that says nothing.</summary>
    public static IEnumerable<string> NameViolations(SourceFile file) =>
        from type in TypeDeclaration.Of(file)
        from suffix in ForbiddenSuffixes.Where(s => type.Name.EndsWith(s, StringComparison.Ordinal))
            .Concat(ForbiddenNames.Where(n => type.Name == n))
        select $"{file.Path}:{type.Line}: type {type.Name}, '{suffix}' is no word of ours";

    /// <summary>
    /// One type per file, named as the file. Records, enums, interfaces and delegates (the messages of one protocol) may
    /// share a file, called by one of them or <c>...Messages</c>, and a type may have its extensions, its exception and
    /// its messages beside it.
    /// </summary>
    public static IEnumerable<string> OnePerFileViolations(SourceFile file)
    {
        var types = TypeDeclaration.Of(file).Where(type => type.Depth == 0).ToList();
        var stem = file.Name.Split('.')[0];
        if (types.Count == 0)
        {
            yield break;
        }

        var behaving = types
            .Where(type => type.Kind is "class" or "struct"
                && !type.Name.EndsWith("Extensions", StringComparison.Ordinal)
                && !type.Name.EndsWith("Exception", StringComparison.Ordinal))
            .Select(type => type.Name)
            .Distinct()
            .ToList();
        if (behaving.Count > 1)
        {
            yield return $"{file.Path}: more than one type: {string.Join(", ", behaving)}";
        }

        if (types.Select(type => type.Name).Distinct().Count() == 1 && types[0].Name != stem)
        {
            yield return $"{file.Path}: holds {types[0].Name}, so its name is {types[0].Name}.cs";
        }
        else if (behaving.Count == 1
            && types.All(type => type.Name != stem)
            && !stem.EndsWith("Messages", StringComparison.Ordinal))
        {
            yield return $"{file.Path}: holds {behaving[0]}, so its name is {behaving[0]}.cs";
        }
    }

    /// <summary>A file is about one idea: one longer than <see cref="MaxLines"/> is about several.</summary>
    public static IEnumerable<string> LengthViolations(SourceFile file) =>
        file.LineCount > MaxLines ? [$"{file.Path}: {file.LineCount} lines, at most {MaxLines}"] : [];

    /// <summary>The namespace is the folder.</summary>
    public static IEnumerable<string> NamespaceViolations(SourceFile file)
    {
        if (!RootNamespaces.TryGetValue(file.Project, out var root))
        {
            yield return $"{file.Path}: project {file.Project} is not known to TypeRule";
            yield break;
        }

        var match = NamespaceLine().Match(file.Code);
        var expected = string.Join('.', file.FoldersInProject.Prepend(root));
        if (match.Success && match.Groups[1].Value != expected)
        {
            yield return $"{file.Path}: namespace {match.Groups[1].Value}, its folder says {expected}";
        }
    }

    /// <summary>Each type that stands in a namespace says in one sentence what it is for.</summary>
    public static IEnumerable<string> SummaryViolations(SourceFile file)
    {
        if (!NamespaceLine().IsMatch(file.Code))
        {
            yield break;
        }

        var lines = file.Text.Split('\n');
        foreach (var type in TypeDeclaration.Of(file).Where(type => type.Depth == 0))
        {
            var above = type.Line - 2;
            while (above >= 0 && IsAttribute(lines[above]))
            {
                above--;
            }

            if (above < 0 || !lines[above].TrimStart().StartsWith("///", StringComparison.Ordinal))
            {
                // One part of a partial type is enough.
                if (!lines[type.Line - 1].Contains(" partial ", StringComparison.Ordinal))
                {
                    yield return $"{file.Path}:{type.Line}: type {type.Name} has no summary";
                }
            }
        }
    }

    private static bool IsAttribute(string line)
    {
        var trimmed = line.Trim();
        return trimmed.StartsWith('[') || trimmed.EndsWith(']') || trimmed.EndsWith("\")", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
