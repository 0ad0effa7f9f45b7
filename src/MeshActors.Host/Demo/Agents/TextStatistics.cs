using System.Collections.Generic;

namespace MeshActors.Host.Demo.Agents;

/// <summary>The figures of a text; result of <c>text-statistics</c>.</summary>
/// <param name="Characters">Unicode scalar values of the piece as it came, mark-up and white space included.</param>
/// <param name="Paragraphs">Headings, paragraphs, list items and table rows with prose in them.</param>
/// <param name="Sentences">Of the prose.</param>
/// <param name="Words">Of the prose.</param>
/// <param name="DistinctWords">Words that differ in more than case.</param>
/// <param name="Syllables">Counted by the rule of <see cref="Syllables"/>.</param>
/// <param name="ReadingEase">Flesch reading ease, two decimals; higher reads more easily. 0 without words.</param>
/// <param name="MostFrequent">Up to five words that are not among the commonest of English, most frequent
/// first.</param>
internal sealed record TextStatistics(
    int Characters,
    int Paragraphs,
    int Sentences,
    int Words,
    int DistinctWords,
    int Syllables,
    double ReadingEase,
    IReadOnlyList<WordCount> MostFrequent);
