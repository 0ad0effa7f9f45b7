using System;
using System.Text;

namespace MeshActors.Conventions.Tests;

/// <summary>The lines that differ between two texts, by their longest common subsequence.</summary>
internal static class LineDifference
{
    /// <returns>Lines with <c>- </c> (only before) and <c>+ </c> (only after); empty when the texts agree.</returns>
    public static string Of(string before, string after)
    {
        var left = before.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var right = after.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var common = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j]
                    ? common[i + 1, j + 1] + 1
                    : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var text = new StringBuilder();
        for (int i = 0, j = 0; i < left.Length || j < right.Length;)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
            {
                i++;
                j++;
            }
            else if (i < left.Length && (j == right.Length || common[i + 1, j] >= common[i, j + 1]))
            {
                text.Append("- ").Append(left[i++]).Append('\n');
            }
            else
            {
                text.Append("+ ").Append(right[j++]).Append('\n');
            }
        }

        return text.ToString();
    }
}
