using System.Collections.Immutable;

namespace MeshActors.Host.Demo;

/// <summary>What the demo's workers offer.</summary>
internal static class DemoCapabilities
{
    public const string TextStatistics = "text-statistics";
    public const string KeywordExtraction = "keyword-extraction";
    public const string CitationExtraction = "citation-extraction";

    /// <summary>All of them run in one version.</summary>
    public const string Version = "1.0";

    /// <summary>In the order tasks take them.</summary>
    public static readonly ImmutableArray<string> All = [TextStatistics, KeywordExtraction, CitationExtraction];
}
