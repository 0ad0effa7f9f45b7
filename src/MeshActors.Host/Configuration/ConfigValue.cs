using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>A value of a configuration file, with the place it stands at.</summary>
internal sealed class ConfigValue
{
    private ConfigValue(ConfigKind kind, Origin origin)
    {
        Kind = kind;
        Origin = origin;
    }

    public ConfigKind Kind { get; }

    public Origin Origin { get; }

    /// <summary>The text, or the path of a substitution.</summary>
    public string Text { get; private init; } = string.Empty;

    /// <summary>True when the text stood in quotes.</summary>
    public bool Quoted { get; private init; }

    /// <summary>True for <c>${?path}</c>.</summary>
    public bool Optional { get; private init; }

    /// <summary>Spaces before this part of a concatenation.</summary>
    public int SpacesBefore { get; init; }

    /// <summary>Path of the section its file was included in, where a substitution is looked up first.</summary>
    public string IncludedAt { get; private init; } = string.Empty;

    /// <summary>Elements of a list, parts of a concatenation.</summary>
    public List<ConfigValue> Items { get; } = [];

    /// <summary>Fields of a section, in the order of the file.</summary>
    public OrderedDictionary<string, ConfigValue> Fields { get; } = [];

    /// <summary>The value this one took the place of, which it may refer to.</summary>
    public ConfigValue? Previous { get; set; }

    public bool IsResolved => Kind is not (ConfigKind.Substitution or ConfigKind.Concatenation);

    public static ConfigValue Section(Origin origin) => new(ConfigKind.Section, origin);

    public static ConfigValue List(Origin origin) => new(ConfigKind.List, origin);

    public static ConfigValue Null(Origin origin) => new(ConfigKind.Null, origin);

    public static ConfigValue OfText(Origin origin, string text, bool quoted, int spacesBefore = 0) =>
        new(ConfigKind.Text, origin) { Text = text, Quoted = quoted, SpacesBefore = spacesBefore };

    public static ConfigValue Substitution(
        Origin origin, string path, bool optional, string includedAt, int spacesBefore = 0) =>
        new(ConfigKind.Substitution, origin)
        {
            Text = path,
            Optional = optional,
            IncludedAt = includedAt,
            SpacesBefore = spacesBefore,
        };

    public static ConfigValue Concatenation(Origin origin, IEnumerable<ConfigValue> parts)
    {
        var value = new ConfigValue(ConfigKind.Concatenation, origin);
        value.Items.AddRange(parts);
        return value;
    }

    /// <summary>A field of a section; null when there is none, or this is no section.</summary>
    public ConfigValue? Field(string name) => Fields.TryGetValue(name, out var field) ? field : null;

    /// <summary>The value in one line, as mistakes show it.</summary>
    public string Show() => Kind switch
    {
        ConfigKind.Section => "{ " + string.Join(", ", Fields.Keys) + " }",
        ConfigKind.List => "[" + string.Join(", ", Items.Select(item => item.Show())) + "]",
        ConfigKind.Null => "null",
        ConfigKind.Substitution => "${" + (Optional ? "?" : string.Empty) + Text + "}",
        ConfigKind.Concatenation => string.Concat(Items.Select(item => new string(' ', item.SpacesBefore) + item.Show())),
        _ => Text,
    };
}
