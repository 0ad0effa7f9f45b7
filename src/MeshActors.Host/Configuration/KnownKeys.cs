using System;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Holds a tree against the reference: every key must stand there, sections as sections, values as values.</summary>
internal static class KnownKeys
{
    /// <summary>Reports what the reference does not know, each with the key that was likely meant.</summary>
    public static void Check(ConfigValue user, ConfigValue reference, string path, MistakeList mistakes)
    {
        foreach (var (name, value) in user.Fields)
        {
            var key = path.Length == 0 ? name : path + "." + name;
            if (!reference.Fields.TryGetValue(name, out var known))
            {
                ReportUnknown(value, name, key, [.. reference.Fields.Keys], mistakes);
            }
            else if (known.Kind == ConfigKind.Section && value.Kind != ConfigKind.Section)
            {
                mistakes.Add(
                    value.Origin, key, value.Show(), "stands where a section is expected", $"{name} {{ ... }}");
            }
            else if (known.Kind == ConfigKind.Section)
            {
                Check(value, known, key, mistakes);
            }
        }
    }

    /// <summary>Reports one key nobody knows.</summary>
    public static void ReportUnknown(ConfigValue value, string name, string key, string[] known, MistakeList mistakes)
    {
        var meant = Spelling.Nearest(name, known);
        mistakes.Add(
            value.Origin,
            key,
            value.Show(),
            "belongs to an unknown key" + (meant is null ? string.Empty : $", did you mean {meant}?"),
            string.Join(", ", known.Order(StringComparer.Ordinal)));
    }
}
