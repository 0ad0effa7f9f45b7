using System;
using System.Collections.Generic;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Agents;

/// <summary>In how many sections of the corpus each word occurs.</summary>
/// <remarks>A section goes from one heading of a file to the next; a file without headings is cut every 4,096
/// characters.</remarks>
internal sealed class SectionFrequencies
{
    /// <summary>Different words kept; rarer finds after that count as unknown.</summary>
    public const int MaxWords = 500_000;

    private const int MinWordLength = 3;
    private const int MaxWordLength = 64;
    private static readonly ChunkShape WithoutHeadings = new(4_096, 4_096);

    private readonly Dictionary<string, int> _sections = new(StringComparer.Ordinal);

    private SectionFrequencies()
    {
    }

    /// <summary>Sections counted.</summary>
    public int Sections { get; private set; }

    /// <summary>Reads the whole corpus once.</summary>
    public static SectionFrequencies Of(TextCorpus corpus)
    {
        var frequencies = new SectionFrequencies();
        foreach (var file in corpus.Files)
        {
            foreach (var section in SectionsOf(file))
            {
                frequencies.Add(section);
            }
        }

        return frequencies;
    }

    /// <summary>Sections a word, in lower case, occurs in.</summary>
    public int Of(string word) => _sections.GetValueOrDefault(word);

    /// <summary>How often each word of a text occurs that can be a keyword: three letters or more, not among the
    /// commonest.</summary>
    public static Dictionary<string, int> CountWords(string text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var paragraph in PlainText.Paragraphs(text))
        {
            var reader = new WordReader(paragraph);
            while (reader.MoveNext())
            {
                if (reader.Current.Length is < MinWordLength or > MaxWordLength || !HasLetters(reader.Current))
                {
                    continue;
                }

                var word = reader.Current.ToString().ToLowerInvariant();
                if (!CommonWords.Contains(word))
                {
                    counts[word] = counts.GetValueOrDefault(word) + 1;
                }
            }
        }

        return counts;
    }

    private static bool HasLetters(ReadOnlySpan<char> word)
    {
        var letters = 0;
        foreach (var c in word)
        {
            letters += char.IsLetter(c) ? 1 : 0;
        }

        return letters >= MinWordLength;
    }

    private static IEnumerable<string> SectionsOf(TextFile file)
    {
        var raw = file.Text.Split('\n');
        var starts = new List<int> { 0 };
        foreach (var line in TextLine.ReadAll(file.Text))
        {
            if (line.Kind == LineKind.Heading && line.Number > 1)
            {
                starts.Add(line.Number - 1);
            }
        }

        if (starts.Count == 1)
        {
            foreach (var chunk in ChunkCutter.Cut(file, WithoutHeadings))
            {
                yield return chunk.Text;
            }

            yield break;
        }

        for (var i = 0; i < starts.Count; i++)
        {
            var end = i + 1 < starts.Count ? starts[i + 1] : raw.Length;
            yield return string.Join('\n', raw, starts[i], end - starts[i]);
        }
    }

    private void Add(string section)
    {
        var words = CountWords(section).Keys;
        if (words.Count == 0)
        {
            return;
        }

        Sections++;
        foreach (var word in words)
        {
            if (_sections.TryGetValue(word, out var known))
            {
                _sections[word] = known + 1;
            }
            else if (_sections.Count < MaxWords)
            {
                _sections.Add(word, 1);
            }
        }
    }
}
