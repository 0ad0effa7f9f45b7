namespace MeshActors.Host.Demo.Texts;

/// <summary>How long the chunks of a text shall be.</summary>
/// <param name="Chars">Length aimed at, and never passed: 64 to 16,384 characters.</param>
/// <param name="FirstChars">Length of the first chunk, so that a further pass over a text cuts it elsewhere; 1 to
/// <paramref name="Chars"/>.</param>
internal readonly record struct ChunkShape(int Chars, int FirstChars)
{
    /// <summary>Shortest chunk that still says something.</summary>
    public const int MinChars = 64;

    /// <summary>Longest chunk: 64 KiB of UTF-8 at most, far below the largest task.</summary>
    public const int MaxChars = 16_384;
}
