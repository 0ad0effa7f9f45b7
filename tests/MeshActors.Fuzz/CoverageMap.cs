using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace MeshActors.Fuzz;

/// <summary>The map that instrumented code counts its steps in: ours, until AFL++ puts its own in its place.</summary>
internal static unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private static readonly byte* Map = (byte*)NativeMemory.AllocZeroed(Size);

    /// <summary>Must come before any instrumented code: it writes to the map wherever that is.</summary>
    public static void Install() => Trace.SharedMem = Map;

    /// <summary>What an input reaches: places of the map, each with how often, in the eight steps that AFL++ tells apart.</summary>
    public static HashSet<int> Reached(FuzzTarget target, byte[] input)
    {
        new Span<byte>(Map, Size).Clear();
        Trace.PrevLocation = 0;
        try
        {
            target.Run(input);
        }
        catch (FindingException)
        {
            return [];
        }

        var reached = new HashSet<int>();
        for (var place = 0; place < Size; place++)
        {
            if (Map[place] != 0)
            {
                reached.Add((place * 8) + Step(Map[place]));
            }
        }

        return reached;
    }

    private static int Step(byte count) => count switch
    {
        <= 3 => count - 1,
        <= 7 => 3,
        <= 15 => 4,
        <= 31 => 5,
        <= 127 => 6,
        _ => 7,
    };
}
