using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Texts made from a seed, whose words stand nowhere else on the machine.</summary>
internal static class KnownInput
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>Markdown with headings, paragraphs, links and RFC references.</summary>
    /// <param name="seed">Same seed, same texts.</param>
    /// <param name="files">How many.</param>
    public static IReadOnlyList<(string Name, string Text)> Make(int seed, int files) =>
        [.. Enumerable.Range(0, files).Select(file => ($"text-{file}.md", Text(new Random(seed + file), file)))];

    private static string Text(Random random, int file)
    {
        var text = new StringBuilder();
        for (var section = 0; section < 12; section++)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {Words(random, 4)}\n\n");
            for (var paragraph = 0; paragraph < 3; paragraph++)
            {
                text.Append(Words(random, 60)).Append(".\n\n");
            }

            var rfc = 1_000 + random.Next(8_000);
            text.Append(CultureInfo.InvariantCulture, $"* RFC {rfc}: {Words(random, 6)}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"See RFC {rfc} and [{Words(random, 2)}](text-{file}.md).\n\n");
        }

        return text.ToString();
    }

    private static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => Word(random)));

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4, 11)).Select(_ => Letters[random.Next(Letters.Length)]));
}
