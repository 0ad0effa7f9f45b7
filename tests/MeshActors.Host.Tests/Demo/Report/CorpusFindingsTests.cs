using System.Linq;
using MeshActors.Host.Demo;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Report;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Report;

public sealed class CorpusFindingsTests
{
    [Fact]
    public void Figures_add_up_keywords_sum_and_citations_are_merged_with_titles_first()
    {
        var findings = CorpusFindings.Of(
        [
            Of(StatisticsReading.Read("The cat sat on the mat.")),
            Of(StatisticsReading.Read("The cat sat. On the mat.")),
            Of(new Keywords([new Keyword("relay", 2, 1, 0.5), new Keyword("tunnel", 1, 2, 0.4)], 3)),
            Of(new Keywords([new Keyword("tunnel", 3, 2, 0.3)], 3)),
            Of(new Citations([new Citation("web", "https://example.org", 9, null, null), new Citation("rfc", "RFC 1", 1, "One", "a:1")], 1)),
            Of(new Citations([new Citation("rfc", "RFC 1", 2, "One", "a:1")], 1)),
            Of(result: null),
        ]);

        Assert.Equal((12, 3), (findings.Words, findings.Sentences));
        Assert.Equal(StatisticsReading.ReadingEase(12, 3, 12), findings.ReadingEase);

        // 2 * ln(1 + 2.5 / 1.5) and 4 * ln(1 + 1.5 / 2.5)
        Assert.Equal([("relay", 1, 2.0), ("tunnel", 2, 1.9)], findings.Keywords.AsEnumerable());
        Assert.Equal([("RFC 1", 3), ("https://example.org", 9)], findings.Citations.Select(item => (item.Target, item.Count)));
        Assert.Equal((1, 2), (findings.CitationsResolved, findings.CitationsInAll));
    }

    [Fact]
    public void Nothing_found_is_no_failure()
    {
        var findings = CorpusFindings.Of([]);

        Assert.Equal(0, findings.ReadingEase);
        Assert.Empty(findings.Citations);
    }

    private static DemoOutcome Of(object? result) => new(
        new PlannedTask("demo-0001", "x", new TextChunk("a.md", 1, "", "text")), "w", 1, 1, result);
}
