namespace MeshActors.Host.Configuration;

/// <summary>What a token of a configuration file is.</summary>
internal enum HoconTokenKind
{
    /// <summary>Nothing follows.</summary>
    End,

    /// <summary>The end of a line.</summary>
    Newline,

    /// <summary><c>,</c></summary>
    Comma,

    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>:</c></summary>
    Colon,

    /// <summary><c>+=</c></summary>
    PlusEqual,

    /// <summary><c>{</c></summary>
    OpenBrace,

    /// <summary><c>}</c></summary>
    CloseBrace,

    /// <summary><c>[</c></summary>
    OpenBracket,

    /// <summary><c>]</c></summary>
    CloseBracket,

    /// <summary>Text without quotes, up to a space or a special character.</summary>
    Unquoted,

    /// <summary>A string in one or three double quotes.</summary>
    Quoted,

    /// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
    Substitution,

    /// <summary>Something that is no token: an unterminated string, an unknown escape.</summary>
    Broken,
}
