using System.Collections.Generic;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The last lines a process wrote; older ones are forgotten. Safe for several threads.</summary>
internal sealed class LastLines
{
    /// <summary>Lines kept.</summary>
    public const int MaxLines = 40;

    /// <summary>Characters kept of each.</summary>
    public const int MaxChars = 500;

    private readonly object _gate = new();
    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.Length <= MaxChars ? line : line[..MaxChars]);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines);
        }
    }
}
