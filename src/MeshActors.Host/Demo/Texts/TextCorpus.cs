using System;
using System.Collections.Immutable;
using System.Linq;

namespace MeshActors.Host.Demo.Texts;

/// <summary>All texts of the input, in the order of their paths.</summary>
/// <param name="Files">At most <see cref="CorpusReader.MaxFiles"/>, ordered by path, ordinal.</param>
/// <param name="Notes">What was left out or cut, and why; one line each, for people.</param>
internal sealed record TextCorpus(ImmutableArray<TextFile> Files, ImmutableArray<string> Notes)
{
    /// <summary>Characters of all texts.</summary>
    public long Characters => Files.Sum(file => (long)file.Text.Length);

    /// <summary>The text of a path below the input directory, or null.</summary>
    public TextFile? Find(string path)
    {
        var at = Files.BinarySearch(new TextFile(path, string.Empty), PathOrder.Instance);
        return at >= 0 ? Files[at] : null;
    }

    private sealed class PathOrder : System.Collections.Generic.IComparer<TextFile>
    {
        public static readonly PathOrder Instance = new();

        public int Compare(TextFile? x, TextFile? y) => string.CompareOrdinal(x?.Path, y?.Path);
    }
}
