using System;
using System.Collections.Generic;
using System.IO;

namespace MeshActors.Host.Configuration;

/// <summary>Reads a configuration file and what it includes into one tree without substitutions.</summary>
internal sealed class ConfigurationFiles
{
    /// <summary>A longer file is a mistake, in bytes.</summary>
    public const int LargestFile = 1024 * 1024;

    /// <summary>Files in all, so that includes end.</summary>
    public const int MostFiles = 64;

    private const string Readable = "a readable file";

    private readonly MistakeList _mistakes;
    private readonly List<string> _open = [];
    private int _files;

    private ConfigurationFiles(MistakeList mistakes)
    {
        _mistakes = mistakes;
    }

    /// <summary>Reads a file; what is wrong with it is in <paramref name="mistakes"/> afterwards.</summary>
    /// <param name="path">As the user gave it: it stands in the mistakes.</param>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static ConfigValue Read(string path, Func<string, string?> environment, MistakeList mistakes)
    {
        var files = new ConfigurationFiles(mistakes);
        var asked = new SourceFile(path, Path.GetFullPath(path));
        var root = files.ReadFile(path, Path.GetFullPath(path), "--config", new Origin(asked, 1), string.Empty)
            ?? ConfigValue.Section(new Origin(asked, 1));
        new SubstitutionResolver(root, environment, mistakes).ResolveAll();
        return root;
    }

    /// <summary>Reads text that includes nothing, such as the reference.</summary>
    public static ConfigValue ReadText(
        string name, string text, Func<string, string?> environment, MistakeList mistakes)
    {
        var files = new ConfigurationFiles(mistakes);
        var root = files.Parse(new SourceFile(name, Path.GetFullPath(name)), text, string.Empty);
        new SubstitutionResolver(root, environment, mistakes).ResolveAll();
        return root;
    }

    private ConfigValue? Include(SourceFile from, string name, Origin at, string section)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            _mistakes.Add(at, "include", name, "is no path", Readable);
            return null;
        }

        return ReadFile(
            Path.Combine(Path.GetDirectoryName(from.Name) ?? string.Empty, name),
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from.FullPath) ?? string.Empty, name)),
            "include",
            at,
            section);
    }

    private ConfigValue? ReadFile(string name, string fullPath, string key, Origin asked, string includedAt)
    {
        if (_open.Contains(fullPath))
        {
            _mistakes.Add(asked, key, name, "includes itself: " + string.Join(" -> ", _open), "a file that is not being read");
            return null;
        }

        if (++_files > MostFiles)
        {
            _mistakes.Add(asked, key, name, "is one file too many", $"{MostFiles} files in all");
            return null;
        }

        if (FileProblem.TryReadText(fullPath, LargestFile, out var text) is { } problem)
        {
            _mistakes.Add(asked, key, name, problem, Readable);
            return null;
        }

        _open.Add(fullPath);
        var section = Parse(new SourceFile(name, fullPath), text, includedAt);
        _open.RemoveAt(_open.Count - 1);
        return section;
    }

    private ConfigValue Parse(SourceFile file, string text, string includedAt) => new HoconParser(
        file,
        HoconTokenizer.Tokenize(text),
        includedAt,
        (name, at, section) => Include(file, name, at, section),
        _mistakes).Parse();
}
