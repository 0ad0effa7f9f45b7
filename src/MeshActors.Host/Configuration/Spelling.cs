using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Finds the word somebody meant.</summary>
internal static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The nearest of the words when it is near enough to be meant, else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        var limit = Math.Max(1, word.Length / 3);
        return words
            .Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Word, StringComparer.Ordinal)
            .Select(pair => pair.Word)
            .FirstOrDefault();
    }

    /// <summary>Letters to insert, remove, replace, or to swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                table[i, j] = i == 0 || j == 0 ? i + j : Step(table, left, right, i, j);
            }
        }

        return table[left.Length, right.Length];
    }

    private static int Step(int[,] table, string left, string right, int i, int j)
    {
        var replaced = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
        var distance = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
        return i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
            ? Math.Min(distance, table[i - 2, j - 2] + 1)
            : distance;
    }
}
