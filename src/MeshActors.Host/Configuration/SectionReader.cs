using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Reads the keys of one section with their types and bounds; what is missing comes from the reference.</summary>
/// <remarks>
/// A value that is wrong is reported and read as its default, so that one run finds all mistakes. A key whose default is
/// not allowed itself must be written.
/// </remarks>
internal sealed class SectionReader
{
    private readonly string _path;
    private readonly ConfigValue? _user;
    private readonly ConfigValue _reference;
    private readonly MistakeList _mistakes;

    /// <param name="path">Path of the section.</param>
    /// <param name="user">What the user wrote in it, or null.</param>
    /// <param name="reference">The section of the reference, which holds every key.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public SectionReader(string path, ConfigValue? user, ConfigValue reference, MistakeList mistakes)
    {
        _path = path;
        _user = user?.Kind == ConfigKind.Section ? user : null;
        _reference = reference;
        _mistakes = mistakes;
    }

    public SectionReader Section(string name) =>
        new(Key(name), _user?.Field(name), _reference.Fields[name], _mistakes);

    /// <summary>True when the user's file, not the reference, has the key.</summary>
    public bool IsSet(string name) => UserValue(name) is not null;

    /// <summary>Any text up to 4,096 characters.</summary>
    public string Text(string name) => Read<string>(name, "text of at most 4096 characters", Words.TryText);

    /// <summary>A name for people: see <see cref="Words.NameForm"/>, or nothing.</summary>
    public string Name(string name) => Read(
        name,
        Words.NameForm + ", or nothing",
        (string text, out string value) => (value = text).Length == 0 || Words.IsName(text));

    /// <summary>One of some words.</summary>
    public string Choice(string name, params ReadOnlySpan<string> words)
    {
        var allowed = words.ToArray();
        return Read(
            name, string.Join(", ", allowed), (string text, out string value) => allowed.Contains(value = text));
    }

    /// <summary>One of some words, of which only those in <paramref name="supported"/> do something.</summary>
    public string Choice(string name, string[] supported, string[] later)
    {
        var value = Choice(name, [.. supported, .. later]);
        Require(name, !later.Contains(value), "is not supported in this version", string.Join(", ", supported));
        return value;
    }

    /// <summary>on or off; true, false, yes and no mean the same.</summary>
    public bool Switch(string name) => Read<bool>(name, "on, off", Words.TrySwitch);

    public int Integer(string name, int min, int max) => Read(
        name,
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max);

    public double Percent(string name) => Read(
        name,
        "a number from 0 to 100",
        (string text, out double value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            && value is >= 0 and <= 100);

    public TimeSpan Duration(string name, TimeSpan min, TimeSpan max) => Read(
        name,
        $"{Durations.Show(min)} to {Durations.Show(max)}, with a unit (ms, s, m, h, d)",
        (string text, out TimeSpan value) => Durations.TryParse(text, out value) && value >= min && value <= max);

    /// <summary>A value read by <paramref name="parse"/>; what fails is reported as outside <paramref name="allowed"/>.</summary>
    public T Value<T>(string name, string allowed, TryParse<T> parse) => Read(name, allowed, parse);

    /// <summary>A list of at most <paramref name="most"/> texts; each is read by <paramref name="parse"/>.</summary>
    public ImmutableArray<T> List<T>(string name, int most, string allowed, TryParse<T> parse)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var (item, key) in Elements(name, most))
        {
            if (item.Kind == ConfigKind.Text && parse(item.Text, out var value))
            {
                items.Add(value);
            }
            else
            {
                _mistakes.Add(item.Origin, key, item.Show(), "is not allowed", allowed);
            }
        }

        return items.ToImmutable();
    }

    /// <summary>A list of at most <paramref name="most"/> sections with the keys of <paramref name="element"/>.</summary>
    public IEnumerable<SectionReader> Sections(string name, int most, ConfigValue element)
    {
        foreach (var (item, key) in Elements(name, most))
        {
            if (item.Kind == ConfigKind.Section)
            {
                KnownKeys.Check(item, element, key, _mistakes);
                yield return new SectionReader(key, item, element, _mistakes);
            }
            else
            {
                var form = "{ " + string.Join(", ", element.Fields.Keys) + " }";
                _mistakes.Add(item.Origin, key, item.Show(), "stands where a section is expected", form);
            }
        }
    }

    /// <summary>Reports the key's value unless the condition holds; the default is taken to be right.</summary>
    public void Require(string name, bool condition, string problem, string allowed)
    {
        if (!condition && (UserValue(name) ?? _user) is { } value)
        {
            _mistakes.Add(value.Origin, Key(name), UserValue(name)?.Show() ?? Shown(name), problem, allowed);
        }
    }

    /// <summary>Reports a key of a feature that does not exist yet, unless it is left empty.</summary>
    public void RequireEmpty(string name)
    {
        var value = UserValue(name);
        var empty = value is null or { Kind: ConfigKind.Null }
            || (value.Kind == ConfigKind.Text && value.Text.Length == 0)
            || (value.Kind == ConfigKind.List && value.Items.Count == 0);
        Require(name, empty, "is not supported in this version", _reference.Fields[name].Kind == ConfigKind.List ? "[]" : "\"\"");
    }

    private static ConfigValue? Unless(ConfigValue? value, ConfigKind kind) => value?.Kind == kind ? null : value;

    private string Key(string name) => _path + "." + name;

    private ConfigValue? UserValue(string name) =>
        Unless(_user?.Field(name), ConfigKind.Null);

    private string Shown(string name) => _reference.Fields[name].Show();

    private T Read<T>(string name, string allowed, TryParse<T> parse)
    {
        if (UserValue(name) is { } user)
        {
            if (user.Kind == ConfigKind.Text && parse(user.Text, out var value))
            {
                return value;
            }

            var problem = user.Kind switch
            {
                ConfigKind.List => "is a list",
                ConfigKind.Section => "is a section",
                _ => "is not allowed",
            };
            _mistakes.Add(user.Origin, Key(name), user.Show(), problem, allowed);
        }

        if (!parse(_reference.Fields[name].Text, out var byDefault) && UserValue(name) is null && _user is not null)
        {
            _mistakes.Add(_user.Origin, Key(name), Shown(name), "is missing", allowed);
        }

        return byDefault;
    }

    private IEnumerable<(ConfigValue Item, string Key)> Elements(string name, int most)
    {
        var list = UserValue(name) ?? _reference.Fields[name];
        if (list.Kind != ConfigKind.List)
        {
            _mistakes.Add(list.Origin, Key(name), list.Show(), "is not a list", $"a list: {name} = [ ... ]");
            list = _reference.Fields[name];
        }

        if (list.Items.Count > most)
        {
            _mistakes.Add(
                list.Origin,
                Key(name),
                string.Create(CultureInfo.InvariantCulture, $"of {list.Items.Count} elements"),
                "is too long",
                string.Create(CultureInfo.InvariantCulture, $"at most {most} elements"));
            return [];
        }

        return list.Items.Select((item, index) =>
            (item, string.Create(CultureInfo.InvariantCulture, $"{Key(name)}[{index}]")));
    }
}
