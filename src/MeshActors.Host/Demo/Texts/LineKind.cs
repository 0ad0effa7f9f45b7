namespace MeshActors.Host.Demo.Texts;

/// <summary>What a line of a text is.</summary>
internal enum LineKind
{
    /// <summary>Nothing but white space, or mark-up without words such as the underline of a heading.</summary>
    Blank,

    /// <summary>A heading; the content is its words alone.</summary>
    Heading,

    /// <summary>Inside a fenced code block, or one of its fences.</summary>
    Code,

    /// <summary>Anything else.</summary>
    Text,
}
