using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace MeshActors.Host.Configuration;

/// <summary>Cuts the text of a configuration file into tokens, strictly: what HOCON forbids becomes a broken token.</summary>
internal sealed class HoconTokenizer
{
    private const string Special = "{}[],=:\"#";

    private readonly string _text;
    private readonly List<HoconToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _spaces;
    private bool _firstOnLine = true;

    private HoconTokenizer(string text)
    {
        _text = text;
    }

    /// <summary>All tokens, the last one <see cref="HoconTokenKind.End"/>.</summary>
    public static IReadOnlyList<HoconToken> Tokenize(string text)
    {
        var tokenizer = new HoconTokenizer(text);
        tokenizer.Run();
        return tokenizer._tokens;
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            ReadNext();
        }

        Add(HoconTokenKind.End, string.Empty);
    }

    private void ReadNext()
    {
        var character = _text[_at];
        switch (character)
        {
            case '\n':
                Take(HoconTokenKind.Newline, 1);
                _line++;
                _firstOnLine = true;
                break;
            case '#':
                SkipComment();
                break;
            case '/' when Next(1) == '/':
                SkipComment();
                break;
            case ',':
                Take(HoconTokenKind.Comma, 1);
                break;
            case '=':
                Take(HoconTokenKind.Equal, 1);
                break;
            case ':':
                Take(HoconTokenKind.Colon, 1);
                break;
            case '+' when Next(1) == '=':
                Take(HoconTokenKind.PlusEqual, 2);
                break;
            case '{':
                Take(HoconTokenKind.OpenBrace, 1);
                break;
            case '}':
                Take(HoconTokenKind.CloseBrace, 1);
                break;
            case '[':
                Take(HoconTokenKind.OpenBracket, 1);
                break;
            case ']':
                Take(HoconTokenKind.CloseBracket, 1);
                break;
            case '"' when Next(1) == '"' && Next(2) == '"':
                ReadTripleQuoted();
                break;
            case '"':
                ReadQuoted();
                break;
            case '$' when Next(1) == '{':
                ReadSubstitution();
                break;
            default:
                if (char.IsWhiteSpace(character) || character == '\uFEFF')
                {
                    _spaces++;
                    _at++;
                }
                else
                {
                    ReadUnquoted();
                }

                break;
        }
    }

    private char Next(int distance) => _at + distance < _text.Length ? _text[_at + distance] : '\0';

    private void Take(HoconTokenKind kind, int length)
    {
        Add(kind, _text.Substring(_at, length));
        _at += length;
    }

    private void Add(HoconTokenKind kind, string text)
    {
        _tokens.Add(new HoconToken(kind, text, _line, _spaces, _firstOnLine));
        _spaces = 0;
        _firstOnLine = false;
    }

    private void AddBroken(string text, string problem, string allowed)
    {
        _tokens.Add(new HoconToken(HoconTokenKind.Broken, text, _line, _spaces, _firstOnLine)
        {
            Problem = problem,
            Allowed = allowed,
        });
        _spaces = 0;
        _firstOnLine = false;
    }

    private void SkipComment()
    {
        while (_at < _text.Length && _text[_at] != '\n')
        {
            _at++;
        }
    }

    private void ReadUnquoted()
    {
        var start = _at;
        while (_at < _text.Length && !EndsUnquoted())
        {
            _at++;
        }

        Add(HoconTokenKind.Unquoted, _text[start.._at]);
    }

    private bool EndsUnquoted()
    {
        var character = _text[_at];
        return char.IsWhiteSpace(character)
            || Special.Contains(character)
            || (character == '/' && Next(1) == '/')
            || (character == '+' && Next(1) == '=')
            || (character == '$' && Next(1) == '{');
    }

    private void ReadTripleQuoted()
    {
        var end = _text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
        if (end < 0)
        {
            AddBroken("\"\"\"", "opens a string that never ends", "a closing \"\"\"");
            _at = _text.Length;
            return;
        }

        // Quotes beyond the closing three belong to the string.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
        {
            end++;
        }

        var value = _text[(_at + 3)..end];
        Add(HoconTokenKind.Quoted, value);
        foreach (var character in value)
        {
            _line += character == '\n' ? 1 : 0;
        }

        _at = end + 3;
    }

    private void ReadQuoted()
    {
        var start = _at++;
        var value = new StringBuilder();
        var badEscape = string.Empty;
        while (true)
        {
            if (_at >= _text.Length || _text[_at] == '\n')
            {
                AddBroken(_text[start.._at].TrimEnd(), "is a string that does not end in its line", "a closing \"");
                return;
            }

            var character = _text[_at++];
            if (character == '"')
            {
                break;
            }

            if (character != '\\')
            {
                value.Append(character);
            }
            else if (!TryReadEscape(value))
            {
                badEscape = _text.Substring(_at - 1, Math.Min(2, _text.Length - _at + 1));
            }
        }

        if (badEscape.Length > 0)
        {
            AddBroken(_text[start.._at], $"holds the unknown escape {badEscape}", "\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
        else
        {
            Add(HoconTokenKind.Quoted, value.ToString());
        }
    }

    private bool TryReadEscape(StringBuilder value)
    {
        const string Letters = "\"\\/bfnrt";
        const string Meanings = "\"\\/\b\f\n\r\t";
        var index = Letters.IndexOf(Next(0), StringComparison.Ordinal);
        if (_at < _text.Length && index >= 0)
        {
            value.Append(Meanings[index]);
            _at++;
            return true;
        }

        if (Next(0) != 'u'
            || _at + 5 > _text.Length
            || !ushort.TryParse(
                _text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        value.Append((char)code);
        _at += 5;
        return true;
    }

    private void ReadSubstitution()
    {
        var end = _at;
        while (end < _text.Length && _text[end] is not ('}' or '\n'))
        {
            end++;
        }

        if (end == _text.Length || _text[end] == '\n')
        {
            AddBroken(_text[_at..end].TrimEnd(), "is a substitution that does not end in its line", "${NAME} or ${?NAME}");
            _at = end;
            return;
        }

        var optional = Next(2) == '?';
        var path = _text[(_at + (optional ? 3 : 2))..end].Trim();
        if (path.Length == 0)
        {
            AddBroken(_text[_at..(end + 1)], "names nothing", "${NAME} or ${?NAME}");
        }
        else
        {
            _tokens.Add(new HoconToken(HoconTokenKind.Substitution, path, _line, _spaces, _firstOnLine) { Optional = optional });
            _spaces = 0;
            _firstOnLine = false;
        }

        _at = end + 1;
    }
}
