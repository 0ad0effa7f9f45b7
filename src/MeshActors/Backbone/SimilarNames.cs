using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Capabilities;

namespace MeshActors.Backbone;

/// <summary>Names that somebody may have meant.</summary>
internal static class SimilarNames
{
    /// <summary>Names looked at in one call: a few milliseconds.</summary>
    public const int MaxLookedAt = 4_096;

    /// <summary>Finds the nearest names: at most a third of the letters differ, or one name begins with the other.</summary>
    /// <param name="wanted">Kebab-case.</param>
    /// <param name="names">Of which the first <see cref="MaxLookedAt"/> are looked at.</param>
    /// <param name="limit">Names returned at most.</param>
    public static ImmutableArray<string> Find(string wanted, IEnumerable<string> names, int limit) =>
    [
        .. names.Take(MaxLookedAt)
            .Select(name => (Name: name, Distance: Distance(wanted, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, wanted.Length / 3)
                || IsLonger(wanted, candidate.Name) || IsLonger(candidate.Name, wanted))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(limit)
            .Select(candidate => candidate.Name),
    ];

    private static bool IsLonger(string name, string start) => name.StartsWith(start + "-", StringComparison.Ordinal);

    /// <summary>Letters to insert, remove or change (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[KebabCase.MaxLength + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
