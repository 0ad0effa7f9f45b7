using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Reads the tokens of one file into a tree, reporting everything that is not HOCON and going on after it.</summary>
internal sealed class HoconParser
{
    /// <summary>Deeper sections and lists are a mistake.</summary>
    public const int MaxDepth = 64;

    private const string Top = "(top of the file)";

    private readonly SourceFile _file;
    private readonly HoconCursor _cursor;
    private readonly MistakeList _mistakes;
    private readonly Func<string, Origin, string, ConfigValue?> _include;
    private readonly string _includedAt;
    private int _depth;

    /// <param name="file">Where the tokens come from.</param>
    /// <param name="tokens">As <see cref="HoconTokenizer"/> cut them.</param>
    /// <param name="includedAt">Path of the section the file is included in; empty for the file asked for.</param>
    /// <param name="include">Reads another file: its name, where it is named, the section it goes to.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public HoconParser(
        SourceFile file,
        IReadOnlyList<HoconToken> tokens,
        string includedAt,
        Func<string, Origin, string, ConfigValue?> include,
        MistakeList mistakes)
    {
        _file = file;
        _cursor = new HoconCursor(HoconBraces.Balance(tokens));
        _includedAt = includedAt;
        _include = include;
        _mistakes = mistakes;
    }

    private HoconToken Current => _cursor.Current;

    public ConfigValue Parse()
    {
        var root = ConfigValue.Section(new Origin(_file, 1));
        _cursor.SkipNewlines();
        if (Current.Kind == HoconTokenKind.OpenBrace)
        {
            _cursor.Advance();
            ReadFields(root, _includedAt, untilBrace: true);
            _cursor.SkipNewlines();
        }

        ReadFields(root, _includedAt, untilBrace: false);
        return root;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static string Named(string path) => path.Length == 0 ? Top : path;

    private void Add(string key, HoconToken token, string value, string problem, string allowed) =>
        _mistakes.Add(new Origin(_file, token.Line), Named(key), value, problem, allowed);

    private void ReadFields(ConfigValue section, string path, bool untilBrace)
    {
        var commaMayFollow = false;
        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case HoconTokenKind.End:
                    return;
                case HoconTokenKind.Newline:
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.Comma:
                    if (!commaMayFollow)
                    {
                        Add(path, token, ",", "separates nothing", "one comma between two values");
                    }

                    commaMayFollow = false;
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.CloseBrace when untilBrace:
                    CloseSection(path, token, "{", "a closing }");
                    return;
                case HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket:
                    Add(path, token, token.Text, "closes what was never opened", $"as many opening as closing {token.Text}");
                    _cursor.Advance();
                    continue;
                default:
                    ReadField(section, path);
                    commaMayFollow = true;
                    continue;
            }
        }
    }

    private void CloseSection(string path, HoconToken token, string opening, string allowed)
    {
        _cursor.Advance();
        if (token.MissingSince > 0)
        {
            _mistakes.Add(new Origin(_file, token.MissingSince), Named(path), opening, "is never closed", allowed);
        }
    }

    private void ReadField(ConfigValue section, string path)
    {
        if (Current is { Kind: HoconTokenKind.Unquoted, Text: "include" } && _cursor.IsInclude())
        {
            ReadInclude(section, path);
            return;
        }

        var keyToken = Current;
        var names = HoconKey.Read(_cursor, out var shownKey, out var problem, out var allowed);
        if (names.Count == 0)
        {
            Add(path, keyToken, shownKey, problem, allowed);
            _cursor.SkipValue();
            return;
        }

        var key = names.Aggregate(path, Join);
        var separatorAt = _cursor.At;
        _cursor.SkipNewlines();
        if (Current.Kind != HoconTokenKind.OpenBrace)
        {
            _cursor.At = separatorAt;
        }

        var separator = Current;
        if (separator.Kind is HoconTokenKind.Equal or HoconTokenKind.Colon or HoconTokenKind.PlusEqual)
        {
            _cursor.Advance();
        }
        else if (separator.Kind != HoconTokenKind.OpenBrace)
        {
            var shown = _cursor.ShowLine(separatorAt);
            Add(key, keyToken, shown, "does not follow a = or :", $"{names[^1]} = VALUE, or {names[^1]} {{ ... }}");
            _cursor.SkipValue();
            return;
        }

        var value = ReadValue(key, keyToken);
        if (value is not null)
        {
            Put(section, path, names, value, separator.Kind == HoconTokenKind.PlusEqual);
        }
    }

    private void Put(ConfigValue section, string path, IReadOnlyList<string> names, ConfigValue value, bool append)
    {
        // a.b.c = 1 is a { b { c = 1 } }.
        var inner = value;
        if (append)
        {
            var list = ConfigValue.List(value.Origin);
            list.Items.Add(value);
            var self = ConfigValue.Substitution(value.Origin, names.Aggregate(path, Join), optional: true, string.Empty);
            inner = ConfigValue.Concatenation(value.Origin, [self, list]);
        }

        var target = section;
        var key = path;
        foreach (var name in names.Take(names.Count - 1))
        {
            key = Join(key, name);
            if (!target.Fields.TryGetValue(name, out var next) || next.Kind != ConfigKind.Section)
            {
                next = ConfigValue.Section(value.Origin);
                ConfigMerge.Put(target, name, key, next, _mistakes);
            }

            target = next;
        }

        key = Join(key, names[^1]);
        if (append && target.Fields.TryGetValue(names[^1], out var existing))
        {
            inner.Previous = existing;
            target.Fields[names[^1]] = inner;
            return;
        }

        ConfigMerge.Put(target, names[^1], key, inner, _mistakes);
    }

    /// <summary>Reads the values up to the end of the line, a comma or what closes the section; null after a mistake.</summary>
    private ConfigValue? ReadValue(string key, HoconToken at)
    {
        var parts = new List<ConfigValue>();
        var start = _cursor.At;
        while (true)
        {
            var token = Current;
            var origin = new Origin(_file, token.Line);
            switch (token.Kind)
            {
                case HoconTokenKind.Unquoted:
                    parts.Add(ConfigValue.OfText(origin, token.Text, quoted: false, token.SpacesBefore));
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.Quoted:
                    parts.Add(ConfigValue.OfText(origin, token.Text, quoted: true, token.SpacesBefore));
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.Substitution:
                    parts.Add(ConfigValue.Substitution(origin, token.Text, token.Optional, _includedAt, token.SpacesBefore));
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket:
                    if (_depth == MaxDepth)
                    {
                        Add(key, token, token.Text, "is nested too deep", $"{MaxDepth} levels at most");
                        _cursor.GoToEnd();
                        return null;
                    }

                    _cursor.Advance();
                    _depth++;
                    parts.Add(token.Kind == HoconTokenKind.OpenBrace ? ReadSection(key, origin) : ReadList(key, origin));
                    _depth--;
                    continue;
                case HoconTokenKind.Equal or HoconTokenKind.Colon or HoconTokenKind.PlusEqual:
                    Add(
                        key,
                        at,
                        _cursor.ShowLine(start),
                        parts.Count == 0 ? $"begins with a second {token.Text}" : $"holds {token.Text} outside quotes",
                        parts.Count == 0 ? "one = or :" : "the value in double quotes, one key in each line");
                    _cursor.SkipValue();
                    return null;
                case HoconTokenKind.Broken:
                    Add(key, token, token.Text, token.Problem, token.Allowed);
                    _cursor.Advance();
                    _cursor.SkipValue();
                    return null;
                case HoconTokenKind.Newline when parts.Count == 0 && _cursor.NextIsOpening():
                    _cursor.SkipNewlines();
                    continue;
                default:
                    return Finish(key, at, parts);
            }
        }
    }

    private ConfigValue? Finish(string key, HoconToken at, List<ConfigValue> parts)
    {
        if (parts.Count == 0)
        {
            Add(key, at, string.Empty, "is missing", "a value in the same line");
            return null;
        }

        if (parts.Count == 1)
        {
            return parts[0] is { Kind: ConfigKind.Text, Text: "null", Quoted: false }
                ? ConfigValue.Null(parts[0].Origin)
                : parts[0];
        }

        return ConfigValue.Concatenation(parts[0].Origin, parts);
    }

    private ConfigValue ReadSection(string key, Origin origin)
    {
        var section = ConfigValue.Section(origin);
        ReadFields(section, key, untilBrace: true);
        return section;
    }

    private ConfigValue ReadList(string key, Origin origin)
    {
        var list = ConfigValue.List(origin);
        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case HoconTokenKind.End:
                    return list;
                case HoconTokenKind.Newline or HoconTokenKind.Comma:
                    _cursor.Advance();
                    continue;
                case HoconTokenKind.CloseBracket:
                    CloseSection(key, token, "[", "a closing ]");
                    return list;
                case HoconTokenKind.CloseBrace:
                    Add(key, token, "}", "closes what was never opened", "as many opening as closing }");
                    _cursor.Advance();
                    continue;
                default:
                    if (ReadValue($"{key}[{list.Items.Count}]", token) is { } element)
                    {
                        list.Items.Add(element);
                    }

                    continue;
            }
        }
    }

    private void ReadInclude(ConfigValue section, string path)
    {
        var at = new Origin(_file, Current.Line);
        var line = _cursor.ShowLine(_cursor.At + 1);
        var opening = _cursor.Ahead(1).Kind == HoconTokenKind.Unquoted ? _cursor.Ahead(1).Text : string.Empty;
        var name = _cursor.Ahead(opening.Length > 0 ? 2 : 1);
        _cursor.SkipValue();
        if (name.Kind != HoconTokenKind.Quoted || opening is "url(" or "classpath(")
        {
            _mistakes.Add(at, "include", line, "is not a file", "include \"FILE\", relative to this file");
            return;
        }

        if (_include(name.Text, at, path) is { } included)
        {
            foreach (var (field, value) in included.Fields)
            {
                ConfigMerge.Put(section, field, Join(path, field), value, _mistakes);
            }
        }
    }
}
