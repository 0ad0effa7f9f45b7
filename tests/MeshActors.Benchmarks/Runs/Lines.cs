using System;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Runs;

/// <summary>Prints one JSON object per line.</summary>
internal static class Lines
{
    public static void Print<T>(T line)
    {
        Console.Out.WriteLine(ChildLines.Write(line));
        Console.Out.Flush();
    }
}
