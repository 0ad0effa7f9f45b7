using System;

namespace MeshActors.Conventions.Tests.Sources;

/// <summary>Blanks comments, strings and character literals of C# text, so that rules look at code alone.</summary>
/// <remarks>
/// Holes of interpolated strings are code and stay. Every other blanked character becomes a space, line ends stay, so
/// positions are those of the text.
/// </remarks>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly char[] _code;
    private int _at;

    private CodeText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    public static string Of(string text)
    {
        var reader = new CodeText(text);
        reader.Code(closingBraces: 0);
        return new string(reader._code);
    }

    /// <summary>Reads code up to the end, or up to the brace that ends the hole of an interpolated string.</summary>
    private void Code(int closingBraces)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            if (Starts("//"))
            {
                BlankWhile(() => _text[_at] != '\n');
            }
            else if (Starts("/*"))
            {
                Blank(2);
                BlankWhile(() => !Starts("*/"));
                Blank(2);
            }
            else if (_text[_at] == '\'')
            {
                CharacterLiteral();
            }
            else if (TryStringLiteral())
            {
                continue;
            }
            else
            {
                if (_text[_at] == '{')
                {
                    depth++;
                }
                else if (_text[_at] == '}')
                {
                    if (closingBraces > 0 && depth == 0)
                    {
                        return;
                    }

                    depth--;
                }

                _at++;
            }
        }
    }

    private void CharacterLiteral()
    {
        Blank(1);
        BlankWhile(() =>
        {
            if (_text[_at] == '\\')
            {
                Blank(1);
                return true;
            }

            return _text[_at] != '\'' && _text[_at] != '\n';
        });
        Blank(1);
    }

    private bool TryStringLiteral()
    {
        var start = _at;
        var dollars = 0;
        var verbatim = false;
        while (start < _text.Length && _text[start] is '$' or '@')
        {
            dollars += _text[start] == '$' ? 1 : 0;
            verbatim |= _text[start] == '@';
            start++;
        }

        if (start >= _text.Length || _text[start] != '"')
        {
            if (start > _at)
            {
                _at = start;
                return true;
            }

            return false;
        }

        var quotes = 0;
        while (start + quotes < _text.Length && _text[start + quotes] == '"')
        {
            quotes++;
        }

        Blank(start - _at);
        if (quotes >= 3)
        {
            Blank(quotes);
            Inside(dollars, () => Count('"') >= quotes, escapes: false, doubledQuotes: false);
            Blank(quotes);
        }
        else
        {
            Blank(1);
            Inside(dollars, () => _text[_at] == '"', escapes: !verbatim, doubledQuotes: verbatim);
            Blank(1);
        }

        return true;
    }

    private void Inside(int dollars, Func<bool> ends, bool escapes, bool doubledQuotes)
    {
        while (_at < _text.Length)
        {
            if (doubledQuotes && Starts("\"\""))
            {
                Blank(2);
            }
            else if (ends())
            {
                return;
            }
            else if (escapes && _text[_at] == '\\')
            {
                Blank(2);
            }
            else if (dollars == 1 && (Starts("{{") || Starts("}}")))
            {
                Blank(2);
            }
            else if (dollars > 0 && _text[_at] == '{' && Count('{') >= dollars)
            {
                Blank(dollars);
                Code(dollars);
                Blank(dollars);
            }
            else
            {
                Blank(1);
            }
        }
    }

    private int Count(char wanted)
    {
        var count = 0;
        while (_at + count < _text.Length && _text[_at + count] == wanted)
        {
            count++;
        }

        return count;
    }

    private bool Starts(string wanted) => string.CompareOrdinal(_text, _at, wanted, 0, wanted.Length) == 0;

    private void BlankWhile(Func<bool> condition)
    {
        while (_at < _text.Length && condition())
        {
            Blank(1);
        }
    }

    private void Blank(int count)
    {
        for (var i = 0; i < count && _at < _text.Length; i++, _at++)
        {
            if (_code[_at] != '\n')
            {
                _code[_at] = ' ';
            }
        }
    }
}
