using System;

namespace MeshActors.Host.Demo.Texts;

/// <summary>Reads the words of a text one after the other, without copying them.</summary>
/// <remarks>
/// A word is a run of letters, marks and digits; one apostrophe, hyphen or underscore between two of those belongs to
/// it (<c>don't</c>, <c>well-known</c>, <c>SHA-256</c>).
/// </remarks>
internal ref struct WordReader
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    public WordReader(ReadOnlySpan<char> text)
    {
        _text = text;
    }

    /// <summary>The word found last.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Finds the next word.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool MoveNext()
    {
        while (_at < _text.Length && !IsWordChar(_text[_at]))
        {
            _at++;
        }

        var start = _at;
        while (_at < _text.Length && (IsWordChar(_text[_at]) || JoinsAt(_at, start)))
        {
            _at++;
        }

        Current = _text[start.._at];
        return _at > start;
    }

    private static bool IsWordChar(char c) =>
        char.IsLetterOrDigit(c)
        || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private readonly bool JoinsAt(int at, int start) =>
        _text[at] is '\'' or '\u2019' or '-' or '_'
        && at > start
        && at + 1 < _text.Length
        && IsWordChar(_text[at - 1])
        && IsWordChar(_text[at + 1]);
}
