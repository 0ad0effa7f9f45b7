using System.Collections.Generic;

namespace MeshActors.Host.Configuration;

/// <summary>A place in the tokens of a file, and the ways to move on from it.</summary>
internal sealed class HoconCursor
{
    private readonly IReadOnlyList<HoconToken> _tokens;

    public HoconCursor(IReadOnlyList<HoconToken> tokens)
    {
        _tokens = tokens;
    }

    /// <summary>Index of the current token; setting it goes back, or on.</summary>
    public int At { get; set; }

    public HoconToken Current => _tokens[At];

    public HoconToken Ahead(int distance) => _tokens[int.Min(At + distance, _tokens.Count - 1)];

    public void Advance() => At = int.Min(At + 1, _tokens.Count - 1);

    /// <summary>Leaves the rest of the file unread.</summary>
    public void GoToEnd() => At = _tokens.Count - 1;

    public void SkipNewlines()
    {
        while (Current.Kind == HoconTokenKind.Newline)
        {
            Advance();
        }
    }

    /// <summary>True when the next line goes on with an opening brace or bracket.</summary>
    public bool NextIsOpening()
    {
        var next = At;
        while (_tokens[next].Kind == HoconTokenKind.Newline)
        {
            next++;
        }

        return _tokens[next].Kind is HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket;
    }

    /// <summary>True when the word include at the cursor names a file; else it is a key.</summary>
    public bool IsInclude() => Ahead(1) is { Kind: HoconTokenKind.Quoted }
        or { Kind: HoconTokenKind.Unquoted, Text: "file(" or "required(" or "required(file(" or "url(" or "classpath(" };

    /// <summary>Goes to the end of the line, past what is opened in it, but not past what closes the section.</summary>
    public void SkipValue()
    {
        var depth = 0;
        while (Current.Kind != HoconTokenKind.End)
        {
            var kind = Current.Kind;
            if (depth == 0 && kind is HoconTokenKind.Newline or HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket)
            {
                return;
            }

            depth += kind is HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket ? 1
                : kind is HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket ? -1 : 0;
            Advance();
        }
    }

    /// <summary>The tokens from one on to the end of its line, as mistakes show them.</summary>
    public string ShowLine(int from)
    {
        var line = _tokens[from].Line;
        var shown = string.Empty;
        for (var index = from; _tokens[index].Line == line; index++)
        {
            var token = _tokens[index];
            if (token.Kind is HoconTokenKind.Newline or HoconTokenKind.End)
            {
                break;
            }

            shown += new string(' ', index == from ? 0 : token.SpacesBefore)
                + (token.Kind == HoconTokenKind.Substitution ? "${" + token.Text + "}" : token.Text);
        }

        return shown;
    }
}
