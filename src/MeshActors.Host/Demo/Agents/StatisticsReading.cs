using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Reads the figures off a text.</summary>
/// <remarks>
/// Reading ease is Flesch's formula of 1948: 206.835 - 1.015 * (words / sentences) - 84.6 * (syllables / words). A
/// sentence ends at <c>.</c>, <c>!</c>, <c>?</c> or <c>…</c> before white space, or with its paragraph, and holds a
/// word; the point of a known abbreviation ends none.
/// </remarks>
internal static class StatisticsReading
{
    /// <summary>Words reported as most frequent.</summary>
    public const int MaxFrequent = 5;

    private const int MinFrequentLength = 3;

    private static readonly string[] Abbreviations =
        ["e.g", "i.e", "etc", "vs", "cf", "al", "Dr", "Mr", "Mrs", "Ms", "St", "No", "Fig", "Sec", "approx"];

    /// <summary>Takes any text, the empty one too.</summary>
    public static TextStatistics Read(string text)
    {
        var paragraphs = PlainText.Paragraphs(text);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var (words, syllables) = (0, 0);
        foreach (var paragraph in paragraphs)
        {
            var reader = new WordReader(paragraph);
            while (reader.MoveNext())
            {
                words++;
                syllables += Syllables.Count(reader.Current);
                var word = reader.Current.ToString().ToLowerInvariant();
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        var sentences = paragraphs.Sum(SentencesOf);
        return new TextStatistics(
            text.EnumerateRunes().Count(),
            paragraphs.Count,
            sentences,
            words,
            counts.Count,
            syllables,
            words == 0 ? 0 : ReadingEase(words, sentences, syllables),
            MostFrequent(counts));
    }

    /// <summary>Flesch's formula, rounded to two decimals.</summary>
    /// <param name="words">1 or more.</param>
    /// <param name="sentences">1 or more.</param>
    /// <param name="syllables">As many as words, or more.</param>
    public static double ReadingEase(long words, long sentences, long syllables) =>
        Math.Round(206.835 - (1.015 * words / sentences) - (84.6 * syllables / words), 2);

    private static int SentencesOf(string paragraph)
    {
        var count = 0;
        var start = 0;
        for (var i = 0; i < paragraph.Length; i++)
        {
            if (EndsSentence(paragraph, i))
            {
                count += HasWord(paragraph.AsSpan(start, i - start)) ? 1 : 0;
                start = i + 1;
            }
        }

        return count + (HasWord(paragraph.AsSpan(start)) ? 1 : 0);
    }

    private static bool EndsSentence(string text, int at)
    {
        if (text[at] is not ('.' or '!' or '?' or '…'))
        {
            return false;
        }

        var after = text.AsSpan(at + 1).TrimStart("\"')]}”’»");
        if (!after.IsEmpty && !char.IsWhiteSpace(after[0]))
        {
            return false;
        }

        return text[at] != '.' || !EndsWithAbbreviation(text.AsSpan(0, at));
    }

    private static bool EndsWithAbbreviation(ReadOnlySpan<char> before)
    {
        foreach (var abbreviation in Abbreviations)
        {
            if (before.EndsWith(abbreviation, StringComparison.Ordinal)
                && (before.Length == abbreviation.Length || !char.IsLetterOrDigit(before[^(abbreviation.Length + 1)])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasWord(ReadOnlySpan<char> text)
    {
        var reader = new WordReader(text);
        return reader.MoveNext();
    }

    private static List<WordCount> MostFrequent(Dictionary<string, int> counts) =>
    [
        .. counts
            .Where(pair => pair.Key.Length >= MinFrequentLength
                && pair.Key.Any(char.IsLetter)
                && !CommonWords.Contains(pair.Key))
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(MaxFrequent)
            .Select(pair => new WordCount(pair.Key, pair.Value)),
    ];
}
