using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeshActors.Host.Configuration;

namespace MeshActors.Host.Tests.Configuration;

/// <summary>A configuration that was read by the loader, and what it said.</summary>
internal sealed class Checked
{
    private Checked(string directory, NodeConfiguration? configuration, MistakeList mistakes)
    {
        Configuration = configuration;
        Lines = [.. mistakes.InOrder().Select(mistake =>
            mistake.ToString().Replace(directory + Path.DirectorySeparatorChar, string.Empty, StringComparison.Ordinal))];
    }

    public NodeConfiguration? Configuration { get; }

    /// <summary>The mistakes, without the directory of the file.</summary>
    public IReadOnlyList<string> Lines { get; }

    public static Checked Text(string text, params (string Name, string Value)[] environment)
    {
        using var directory = new TemporaryDirectory();
        return File(directory, directory.Write("node.conf", text), environment);
    }

    public static Checked File(
        TemporaryDirectory directory, string path, params (string Name, string Value)[] environment)
    {
        var mistakes = new MistakeList();
        var configuration = ConfigurationLoader.Load(
            path, name => environment.FirstOrDefault(variable => variable.Name == name).Value, mistakes);
        return new Checked(directory.Root, configuration, mistakes);
    }
}
