using System;
using System.Collections.Generic;
using System.Globalization;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo;

/// <summary>Makes as many tasks of a corpus as are wanted, whatever its size.</summary>
/// <remarks>
/// Chunks are so long that every capability meets the whole corpus about once. A corpus too small for that is gone
/// through again, each time with other lengths and other cuts; of one too large, chunks are taken at even distances.
/// </remarks>
internal static class TaskPlan
{
    /// <summary>Fewest tasks of a demo: fewer do not show a worker's failure.</summary>
    public const int MinTasks = 12;

    /// <summary>Most tasks of a demo, whose outcomes are all held in memory.</summary>
    public const int MaxTasks = 20_000;

    private const int ShortestFirst = 400;
    private const int LongestFirst = 8_000;

    /// <summary>Characters that chunks are shorter by, whenever all shares have had their turn.</summary>
    private const int ShorterEachRound = 17;

    /// <summary>Further passes make chunks of these shares of the first pass's length, in turn.</summary>
    private static readonly double[] Shares = [1, 0.8, 0.65, 0.9, 0.55];

    /// <summary>Exactly <paramref name="tasks"/> of them, capabilities in turn.</summary>
    /// <param name="corpus">With one text at least.</param>
    /// <param name="tasks"><see cref="MinTasks"/> to <see cref="MaxTasks"/>.</param>
    public static List<PlannedTask> Make(TextCorpus corpus, int tasks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, MinTasks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tasks, MaxTasks);
        ArgumentOutOfRangeException.ThrowIfZero(corpus.Files.Length, nameof(corpus));

        var capabilities = DemoCapabilities.All;
        var wanted = ((tasks - 1) / capabilities.Length) + 1;
        var chunks = Chunks(corpus, wanted);
        var plan = new List<PlannedTask>(tasks);
        for (var i = 0; i < tasks; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"demo-{i + 1:0000}");
            plan.Add(new PlannedTask(id, capabilities[i % capabilities.Length], chunks[i / capabilities.Length]));
        }

        return plan;
    }

    private static List<TextChunk> Chunks(TextCorpus corpus, int wanted)
    {
        var chars = (int)Math.Clamp(corpus.Characters / wanted, ShortestFirst, LongestFirst);
        var chunks = Cut(corpus, new ChunkShape(chars, chars));
        if (chunks.Count > wanted)
        {
            return Spread(chunks, wanted);
        }

        for (var pass = 1; chunks.Count < wanted; pass++)
        {
            var shorter = ShorterEachRound * (pass / Shares.Length);
            var length = Math.Max(ChunkShape.MinChars, (int)(chars * Shares[pass % Shares.Length]) - shorter);
            var first = 1 + (pass * 37 % length);
            chunks.AddRange(Cut(corpus, new ChunkShape(length, first)));
        }

        return chunks[..wanted];
    }

    private static List<TextChunk> Cut(TextCorpus corpus, ChunkShape shape)
    {
        var chunks = new List<TextChunk>();
        foreach (var file in corpus.Files)
        {
            chunks.AddRange(ChunkCutter.Cut(file, shape));
        }

        return chunks;
    }

    private static List<TextChunk> Spread(List<TextChunk> chunks, int wanted)
    {
        var spread = new List<TextChunk>(wanted);
        for (var i = 0; i < wanted; i++)
        {
            spread.Add(chunks[(int)((long)i * chunks.Count / wanted)]);
        }

        return spread;
    }
}
