using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Replaces <c>${path}</c> by another key of the configuration, else by an environment variable, and joins what stands in a row.</summary>
internal sealed class SubstitutionResolver
{
    private readonly ConfigValue _root;
    private readonly Func<string, string?> _environment;
    private readonly MistakeList _mistakes;
    private readonly HashSet<ConfigValue> _inProgress = [];

    /// <param name="root">The merged tree.</param>
    /// <param name="environment">Value of a variable, or null.</param>
    /// <param name="mistakes">Takes names nobody defines, and circles.</param>
    public SubstitutionResolver(ConfigValue root, Func<string, string?> environment, MistakeList mistakes)
    {
        _root = root;
        _environment = environment;
        _mistakes = mistakes;
    }

    /// <summary>Leaves no substitution and no concatenation in the tree.</summary>
    public void ResolveAll() => Resolve(_root, string.Empty);

    private static ConfigValue Merge(ConfigValue below, ConfigValue above)
    {
        var merged = ConfigValue.Section(above.Origin);
        foreach (var (name, value) in below.Fields)
        {
            merged.Fields[name] = value;
        }

        foreach (var (name, value) in above.Fields)
        {
            merged.Fields[name] = value.Kind == ConfigKind.Section
                && merged.Fields.TryGetValue(name, out var existing)
                && existing.Kind == ConfigKind.Section
                    ? Merge(existing, value)
                    : value;
        }

        return merged;
    }

    /// <summary>The value without substitutions; null when it is left out, or was a mistake.</summary>
    private ConfigValue? Resolve(ConfigValue value, string key)
    {
        if (value.Kind is ConfigKind.Text or ConfigKind.Null)
        {
            return value;
        }

        if (!_inProgress.Add(value))
        {
            return Circle(value, key);
        }

        var resolved = value.Kind switch
        {
            ConfigKind.Section => ResolveFields(value, key),
            ConfigKind.List => ResolveItems(value, key),
            ConfigKind.Substitution => ResolveSubstitution(value, key),
            _ => ResolveParts(value, key),
        };
        if (value.Previous is { } previous)
        {
            if (resolved is null)
            {
                resolved = Resolve(previous, key);
            }
            else if (resolved.Kind == ConfigKind.Section
                && Resolve(previous, key) is { Kind: ConfigKind.Section } below)
            {
                resolved = Merge(below, resolved);
            }
        }

        _inProgress.Remove(value);
        return resolved;
    }

    private ConfigValue? Circle(ConfigValue value, string key)
    {
        _mistakes.Add(value.Origin, key, value.Show(), "refers to itself", "a value that does not need its own");
        return null;
    }

    private ConfigValue ResolveFields(ConfigValue section, string key)
    {
        foreach (var name in section.Fields.Keys.ToList())
        {
            var resolved = Resolve(section.Fields[name], key.Length == 0 ? name : key + "." + name);
            if (resolved is null)
            {
                section.Fields.Remove(name);
            }
            else
            {
                section.Fields[name] = resolved;
            }
        }

        return section;
    }

    private ConfigValue ResolveItems(ConfigValue list, string key)
    {
        var items = list.Items.Select((item, index) => Resolve(item, $"{key}[{index}]")).OfType<ConfigValue>().ToList();
        list.Items.Clear();
        list.Items.AddRange(items);
        return list;
    }

    private ConfigValue? ResolveSubstitution(ConfigValue value, string key)
    {
        var target = value.IncludedAt.Length > 0 ? Find(value.IncludedAt + "." + value.Text) : null;
        target ??= Find(value.Text);
        while (target is not null && _inProgress.Contains(target) && target.Previous is not null)
        {
            target = target.Previous;
        }

        if (target is not null && !_inProgress.Contains(target))
        {
            var resolved = Resolve(target, value.Text);
            return resolved?.Kind == ConfigKind.Text
                ? ConfigValue.OfText(value.Origin, resolved.Text, resolved.Quoted, value.SpacesBefore)
                : resolved;
        }

        if (_environment(value.Text) is { } variable)
        {
            return ConfigValue.OfText(value.Origin, variable, quoted: true, value.SpacesBefore);
        }

        if (value.Optional)
        {
            return null;
        }

        if (target is not null)
        {
            return Circle(value, key);
        }

        _mistakes.Add(
            value.Origin,
            key,
            value.Show(),
            "names neither an environment variable nor a key",
            $"set {value.Text}, or write ${{?{value.Text}}} to leave the key out");
        return null;
    }

    private ConfigValue? Find(string path)
    {
        var current = _root;
        foreach (var name in path.Split('.'))
        {
            if (!current.IsResolved && !_inProgress.Contains(current))
            {
                current = Resolve(current, path) ?? current;
            }

            if (!current.Fields.TryGetValue(name, out var next))
            {
                return null;
            }

            current = next;
        }

        return current;
    }

    private ConfigValue? ResolveParts(ConfigValue concatenation, string key)
    {
        var parts = new List<(ConfigValue Value, int Spaces)>();
        foreach (var part in concatenation.Items)
        {
            if (Resolve(part, key) is { } resolved)
            {
                parts.Add((resolved, part.SpacesBefore));
            }
        }

        if (parts.Count == 0)
        {
            return null;
        }

        if (parts.TrueForAll(part => part.Value.Kind == ConfigKind.Section))
        {
            return parts.Select(part => part.Value).Aggregate(Merge);
        }

        if (parts.TrueForAll(part => part.Value.Kind == ConfigKind.List))
        {
            var list = ConfigValue.List(concatenation.Origin);
            list.Items.AddRange(parts.SelectMany(part => part.Value.Items));
            return list;
        }

        if (parts.TrueForAll(part => part.Value.Kind is ConfigKind.Text or ConfigKind.Null))
        {
            var text = string.Concat(
                parts.Select((part, index) => new string(' ', index == 0 ? 0 : part.Spaces) + part.Value.Show()));
            return ConfigValue.OfText(concatenation.Origin, text, parts.Exists(part => part.Value.Quoted));
        }

        _mistakes.Add(
            concatenation.Origin,
            key,
            concatenation.Show(),
            "puts text, a list or a section in one value",
            "values of one kind; a comma or a new line between two");
        return null;
    }
}
