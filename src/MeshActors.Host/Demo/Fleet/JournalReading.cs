using System;
using System.Collections.Generic;
using System.IO;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>What a worker's journal says it began, read by the process that started it.</summary>
/// <param name="Began">Every id, in the order of the beginnings; an id that stands twice was run twice.</param>
internal sealed record JournalReading(IReadOnlyList<string> Began)
{
    /// <summary>Ids that stand more than once: ran twice in this worker.</summary>
    public int RunTwice
    {
        get
        {
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            var twice = 0;
            foreach (var id in Began)
            {
                seen[id] = seen.GetValueOrDefault(id) + 1;
                twice += seen[id] == 2 ? 1 : 0;
            }

            return twice;
        }
    }

    /// <summary>Reads a journal that may still be written to; no file is a worker that began nothing.</summary>
    public static JournalReading Read(string path)
    {
        var began = new List<string>();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd();
            began.AddRange(text.Split('\n')[..^1]);
        }
        catch (FileNotFoundException)
        {
            return new JournalReading([]);
        }

        return new JournalReading(began);
    }

    /// <summary>How many of the tasks it began are in a set.</summary>
    public int CountIn(IReadOnlySet<string> ids)
    {
        var count = 0;
        foreach (var id in new HashSet<string>(Began, StringComparer.Ordinal))
        {
            count += ids.Contains(id) ? 1 : 0;
        }

        return count;
    }
}
