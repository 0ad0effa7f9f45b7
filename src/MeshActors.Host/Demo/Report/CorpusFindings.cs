using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Host.Demo.Agents;

namespace MeshActors.Host.Demo.Report;

/// <summary>What the results say about the input as a whole.</summary>
/// <param name="Words">Of the pieces that <c>text-statistics</c> met.</param>
/// <param name="Sentences">Of the same.</param>
/// <param name="ReadingEase">Flesch reading ease of all of them together.</param>
/// <param name="Keywords">Best first: TF-IDF over all pieces together, and pieces they stand out in.</param>
/// <param name="Citations">Different targets, most cited first, the ones with a title before the others.</param>
/// <param name="CitationsResolved">Different targets with a title.</param>
/// <param name="CitationsInAll">Different targets.</param>
internal sealed record CorpusFindings(
    long Words,
    long Sentences,
    double ReadingEase,
    ImmutableArray<(string Word, int Pieces, double Score)> Keywords,
    ImmutableArray<Citation> Citations,
    int CitationsResolved,
    int CitationsInAll)
{
    private const int MaxKeywords = 10;
    private const int MaxCitations = 8;

    /// <summary>Takes the results of all tasks, those without one too.</summary>
    public static CorpusFindings Of(IEnumerable<DemoOutcome> outcomes)
    {
        var results = outcomes.Select(outcome => outcome.Result).ToList();
        var statistics = results.OfType<TextStatistics>().ToList();
        var words = statistics.Sum(item => (long)item.Words);
        var sentences = statistics.Sum(item => (long)item.Sentences);
        var syllables = statistics.Sum(item => (long)item.Syllables);
        var citations = results.OfType<Citations>()
            .SelectMany(result => result.Items)
            .GroupBy(item => (item.Kind, item.Target))
            .Select(group => group.First() with { Count = group.Sum(item => item.Count) })
            .OrderBy(item => item.Title is null)
            .ThenByDescending(item => item.Count)
            .ThenBy(item => item.Target, StringComparer.Ordinal)
            .ToList();
        return new CorpusFindings(
            words,
            sentences,
            words == 0 ? 0 : StatisticsReading.ReadingEase(words, sentences, syllables),
            [.. KeywordsOf(results.OfType<Keywords>()).Take(MaxKeywords)],
            [.. citations.Take(MaxCitations)],
            citations.Count(item => item.Title is not null),
            citations.Count);
    }

    /// <summary>Scores are taken over all pieces together, so that a short piece does not outweigh a long
    /// one.</summary>
    private static IEnumerable<(string Word, int Pieces, double Score)> KeywordsOf(IEnumerable<Keywords> results) =>
        results
            .SelectMany(result => result.Items.Select(item => (Item: item, result.CorpusSections)))
            .GroupBy(found => found.Item.Word, StringComparer.Ordinal)
            .Select(group => (
                Word: group.Key,
                Pieces: group.Count(),
                Score: Math.Round(
                    group.Sum(found => found.Item.Count)
                        * KeywordReading.InverseFrequency(group.First().Item.Sections, group.First().CorpusSections),
                    1)))
            .OrderByDescending(item => item.Score)
            .ThenBy(item => item.Word, StringComparer.Ordinal);
}
