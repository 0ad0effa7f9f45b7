using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace MeshActors.Transport.Remoting;

/// <summary>Reads one section of HOCON and collects every mistake in it, so that all are told at once.</summary>
/// <remarks>The defaults are the list of known keys: whatever else the user's section holds is a mistake.</remarks>
internal sealed class SettingsReader
{
    private static readonly ImmutableArray<(string Unit, double Ticks)> TimeUnits =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    private static readonly ImmutableArray<(string Unit, double Bytes)> SizeUnits =
    [
        ("KiB", 1024), ("MiB", 1024 * 1024), ("kB", 1000), ("MB", 1_000_000), ("b", 1), ("B", 1), ("", 1),
    ];

    private readonly Config _section;
    private readonly string _path;
    private readonly List<string> _mistakes;

    /// <param name="section">The user's section, without defaults.</param>
    /// <param name="defaults">The same section with all keys that are known, and their defaults.</param>
    /// <param name="path">Where the section stands, for messages.</param>
    public SettingsReader(Config section, Config defaults, string path)
        : this(section.WithFallback(defaults), path, [])
    {
        RequireKnown(section, defaults.AsEnumerable().Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal));
        foreach (var (name, value) in defaults.AsEnumerable())
        {
            if (value.IsObject() && section.HasPath(name))
            {
                RequireSection(name, section.GetValue(name), [.. value.GetObject().Items.Keys]);
            }
        }
    }

    private SettingsReader(Config section, string path, List<string> mistakes)
    {
        _section = section;
        _path = path;
        _mistakes = mistakes;
    }

    /// <summary>A text, trimmed; empty when it is not set.</summary>
    public string Text(string key) => (_section.GetString(key, string.Empty) ?? string.Empty).Trim();

    /// <summary>On or off.</summary>
    public bool Flag(string key) => Choice(key, ["on", "off"]) == "on";

    /// <summary>One of some words.</summary>
    public string Choice(string key, ImmutableArray<string> words)
    {
        var text = Text(key);
        if (words.Contains(text))
        {
            return text;
        }

        Mistake(key, text, string.Join(" or ", words));
        return words[0];
    }

    /// <summary>A list of sections, each with the same keys; what is wrong in one is told with its number, from 0.</summary>
    public ImmutableArray<T> Sections<T>(string key, int most, ImmutableArray<string> known, Func<SettingsReader, T> read)
    {
        var written = _section.GetValue(key);
        if (written is null || !(written.IsArray() || written.IsString() || written.IsObject()))
        {
            // A list without entries is nothing of these.
            return [];
        }

        if (!written.IsArray())
        {
            Mistake(key, Text(key), "a list of sections, as in [ { ... } ]");
            return [];
        }

        var entries = written.GetArray();
        if (entries.Count > most)
        {
            Mistake(key, $"{entries.Count} entries", $"at most {most}");
        }

        var values = ImmutableArray.CreateBuilder<T>();
        for (var index = 0; index < entries.Count; index++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");
            if (!entries[index].IsObject())
            {
                Mistake(path, entries[index].GetString(), "a section, as in { ... }");
                continue;
            }

            var reader = new SettingsReader(new Config(new HoconRoot(entries[index])), $"{_path}.{path}", _mistakes);
            reader.RequireKnown(reader._section, [.. known]);
            values.Add(read(reader));
        }

        return values.ToImmutable();
    }

    /// <summary>A whole number.</summary>
    public int Integer(string key, int min, int max)
    {
        var text = Text(key);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        Mistake(key, text, $"a whole number from {min} to {max}");
        return min;
    }

    /// <summary>A whole number, or null when the setting is empty.</summary>
    public int? OptionalInteger(string key, int min, int max) => Text(key).Length == 0 ? null : Integer(key, min, max);

    /// <summary>A time with its unit, as in <c>250 ms</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max)
    {
        var text = Text(key);
        if (TryMeasure(text, TimeUnits, out var ticks) && ticks >= min.Ticks && ticks <= max.Ticks)
        {
            return TimeSpan.FromTicks((long)ticks);
        }

        Mistake(key, text, $"a time from {Print(min)} to {Print(max)} with its unit, one of ms, s, m, h, d");
        return min;
    }

    /// <summary>A size in bytes, or with its unit, as in <c>4 MiB</c>.</summary>
    public int Bytes(string key, int min, int max)
    {
        var text = Text(key);
        if (TryMeasure(text, SizeUnits, out var bytes) && bytes >= min && bytes <= max)
        {
            return (int)bytes;
        }

        Mistake(key, text, $"a size from {min} to {max} bytes, with one of the units b, kB, KiB, MB, MiB");
        return min;
    }

    /// <summary>A list of values, each read on its own; those that cannot be read are mistakes.</summary>
    public ImmutableArray<T> List<T>(string key, int most, TryRead<T> tryRead, string expected)
    {
        var values = ImmutableArray.CreateBuilder<T>();
        var written = _section.GetValue(key);
        if (written is null)
        {
            return [];
        }

        if (written.IsString() || written.IsObject())
        {
            Mistake(key, Text(key), $"a list, as in [\"...\"]");
            return [];
        }

        var texts = _section.GetStringList(key, []);
        if (texts.Count > most)
        {
            Mistake(key, $"{texts.Count} entries", $"at most {most}");
        }

        foreach (var text in texts)
        {
            if (tryRead(text, out var value))
            {
                values.Add(value);
            }
            else
            {
                Mistake(key, text, expected);
            }
        }

        return values.ToImmutable();
    }

    /// <summary>A condition between settings.</summary>
    public void Require(bool condition, string mistake)
    {
        if (!condition)
        {
            _mistakes.Add($"{_path}: {mistake}");
        }
    }

    /// <exception cref="ConfigurationException">There were mistakes; the message has a line for each.</exception>
    public void ThrowIfMistaken()
    {
        if (_mistakes.Count > 0)
        {
            throw new ConfigurationException(string.Join(Environment.NewLine, _mistakes));
        }
    }

    private void RequireSection(string name, HoconValue written, HashSet<string> known)
    {
        if (written.IsObject())
        {
            var inner = new SettingsReader(new Config(new HoconRoot(written)), $"{_path}.{name}", _mistakes);
            inner.RequireKnown(inner._section, known);
        }
        else
        {
            Mistake(name, written.IsArray() ? "a list" : written.GetString(), "a section, as in { ... }");
        }
    }

    private void RequireKnown(Config section, HashSet<string> known)
    {
        foreach (var key in section.AsEnumerable().Select(entry => entry.Key).Order(StringComparer.Ordinal))
        {
            if (!known.Contains(key))
            {
                _mistakes.Add($"{_path}.{key} is not a setting; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private static bool TryMeasure(string text, ImmutableArray<(string Unit, double Size)> units, out double value)
    {
        value = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text[..digits];
        var unit = digits < 0 ? string.Empty : text[digits..].Trim();
        foreach (var (name, size) in units)
        {
            if (name == unit && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                value = count * size;
                return true;
            }
        }

        return false;
    }

    private static string Print(TimeSpan span) => span < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds} s");

    private void Mistake(string key, string value, string expected) =>
        _mistakes.Add($"{_path}.{key} is '{value}'; it must be {expected}");
}

/// <summary>Reads a value of a list.</summary>
internal delegate bool TryRead<T>(string text, out T value);
