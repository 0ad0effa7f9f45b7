using System.Collections.Generic;

namespace MeshActors.TestKit.Nat;

/// <summary>All lines that a node said, and how far it heard those of others: every number once and in order.</summary>
internal sealed class NatLines
{
    private readonly List<NatLine> _said = [];
    private readonly Dictionary<long, long> _heard = [];
    private readonly long _node;

    /// <param name="node">The node's number, the upper half of its lines' ids.</param>
    public NatLines(int node)
    {
        _node = node;
    }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<NatLine> Said => _said;

    /// <summary>A number that came out of order, twice, or after one that did not come; null while all is well.</summary>
    public string? Wrong { get; private set; }

    public NatLine Begin()
    {
        var line = new NatLine((_node << 32) + _said.Count);
        _said.Add(line);
        return line;
    }

    /// <summary>A number of a line was heard here.</summary>
    public void Hear(long line, long number)
    {
        var next = HeardOf(line);
        Wrong ??= number == next ? null : $"heard {number} of line {line:x} in place of {next}";
        _heard[line] = next + 1;
    }

    /// <summary>How many numbers of a line came here.</summary>
    public long HeardOf(long line) => _heard.GetValueOrDefault(line);
}
