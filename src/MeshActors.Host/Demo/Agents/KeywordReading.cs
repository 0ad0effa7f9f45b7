using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Finds the words that set a piece of text apart, by TF-IDF over the corpus.</summary>
/// <remarks>
/// Term frequency is a word's share of the piece's countable words; inverse document frequency is the one of BM25,
/// ln(1 + (N - n + 0.5) / (n + 0.5)) with n of N sections, which is never negative.
/// </remarks>
internal sealed class KeywordReading
{
    /// <summary>Keywords reported of one piece.</summary>
    public const int MaxKeywords = 8;

    private readonly SectionFrequencies _frequencies;

    public KeywordReading(SectionFrequencies frequencies)
    {
        _frequencies = frequencies;
    }

    /// <summary>Takes any text; one without countable words has no keywords.</summary>
    public Keywords Read(string text)
    {
        var counts = SectionFrequencies.CountWords(text);
        var total = counts.Values.Sum();
        List<Keyword> keywords =
        [
            .. counts
                .Select(pair => Score(pair.Key, pair.Value, total))
                .OrderByDescending(keyword => keyword.Score)
                .ThenBy(keyword => keyword.Word, StringComparer.Ordinal)
                .Take(MaxKeywords),
        ];
        return new Keywords(keywords, _frequencies.Sections);
    }

    /// <summary>The inverse document frequency of a word in <paramref name="inSections"/> of
    /// <paramref name="sections"/> sections.</summary>
    public static double InverseFrequency(int inSections, int sections) =>
        Math.Log(1 + ((sections - inSections + 0.5) / (inSections + 0.5)));

    private Keyword Score(string word, int count, int total)
    {
        var sections = _frequencies.Of(word);
        var score = (double)count / total * InverseFrequency(sections, _frequencies.Sections);
        return new Keyword(word, count, sections, Math.Round(score, 4));
    }
}
