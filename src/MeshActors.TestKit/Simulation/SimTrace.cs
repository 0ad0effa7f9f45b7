using System.Collections.Generic;
using System.Globalization;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Simulation;

/// <summary>What happened in a simulation, as a running hash and, when asked for, as lines.</summary>
/// <remarks>The hash is FNV-1a over the values of each line, so equal hashes mean equal runs for all purposes of a test.</remarks>
internal sealed class SimTrace
{
    private readonly List<string>? _lines;

    /// <param name="keepLines">True to keep the lines too: they take memory.</param>
    public SimTrace(bool keepLines)
    {
        _lines = keepLines ? [] : null;
    }

    public ulong Hash { get; private set; } = 0xCBF2_9CE4_8422_2325;

    public IReadOnlyList<string> Lines => _lines ?? [];

    /// <summary>Adds a line.</summary>
    /// <param name="now">When.</param>
    /// <param name="node">Who.</param>
    /// <param name="what">What, a constant word.</param>
    /// <param name="first">A figure that belongs to it.</param>
    /// <param name="second">Another one.</param>
    public void Add(MonoTime now, int node, string what, long first, long second)
    {
        Mix((ulong)now.Ticks);
        Mix((ulong)node);
        foreach (var character in what)
        {
            Mix(character);
        }

        Mix(unchecked((ulong)first));
        Mix(unchecked((ulong)second));
        _lines?.Add(string.Create(CultureInfo.InvariantCulture, $"{now} node {node} {what} {first} {second}"));
    }

    private void Mix(ulong value)
    {
        unchecked
        {
            for (var i = 0; i < 8; i++)
            {
                Hash = (Hash ^ (byte)(value >> (8 * i))) * 0x0000_0100_0000_01B3;
            }
        }
    }
}
