using System;
using System.IO;
using System.Reflection;

namespace MeshActors.Host.Configuration;

/// <summary>Reads and checks the configuration of a node, from the file to settings.</summary>
/// <remarks>
/// The steps: tokens, tree and includes of the strict pre-pass, substitutions, known keys, types and bounds. Each goes on
/// after a mistake, so that one run reports all of them.
/// </remarks>
internal static class ConfigurationLoader
{
    private const string ReferenceName = "mesh.reference.conf";

    /// <summary>Reads a file.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    /// <returns>What a node starts with; null after a mistake.</returns>
    public static NodeConfiguration? Load(string path, Func<string, string?> environment, MistakeList mistakes)
    {
        var root = ConfigurationFiles.Read(path, environment, mistakes);
        var start = Path.GetDirectoryName(Path.GetFullPath(path)) ?? Path.GetFullPath(".");
        return Read(root, new ConfigurationPlaces(start, environment), mistakes);
    }

    /// <summary>The reference as a tree: sections <c>mesh</c>, and <c>elements</c> of its lists.</summary>
    public static ConfigValue Reference()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(ReferenceName)
            ?? throw new InvalidOperationException($"{ReferenceName} is missing in this assembly.");
        using var reader = new StreamReader(resource);
        var mistakes = new MistakeList();
        var reference = ConfigurationFiles.ReadText(ReferenceName, reader.ReadToEnd(), _ => null, mistakes);
        return mistakes.IsEmpty
            ? reference
            : throw new InvalidOperationException(string.Join('\n', mistakes.InOrder()));
    }

    private static NodeConfiguration? Read(ConfigValue root, ConfigurationPlaces places, MistakeList mistakes)
    {
        var reference = Reference();
        var known = ConfigValue.Section(root.Origin);
        known.Fields[MeshSettings.Path] = reference.Fields[MeshSettings.Path];
        known.Fields[AkkaSection.Path] = ConfigValue.Section(root.Origin);
        foreach (var (name, value) in root.Fields)
        {
            if (!known.Fields.ContainsKey(name))
            {
                KnownKeys.ReportUnknown(value, name, name, [.. known.Fields.Keys], mistakes);
            }
            else if (value.Kind != ConfigKind.Section)
            {
                mistakes.Add(value.Origin, name, value.Show(), "stands where a section is expected", $"{name} {{ ... }}");
            }
        }

        var user = root.Field(MeshSettings.Path);
        if (user is not null)
        {
            KnownKeys.Check(user, known.Fields[MeshSettings.Path], MeshSettings.Path, mistakes);
        }

        var reader = new SectionReader(MeshSettings.Path, user, known.Fields[MeshSettings.Path], mistakes);
        var settings = MeshSettings.FromConfig(reader, reference.Fields["elements"], places);
        var akka = root.Field(AkkaSection.Path);
        AkkaSection.CheckAgainst(settings, user, akka, mistakes);
        return mistakes.IsEmpty ? new NodeConfiguration(settings, AkkaSection.Write(akka)) : null;
    }
}
