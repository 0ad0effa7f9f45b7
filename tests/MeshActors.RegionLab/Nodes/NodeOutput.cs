using System;
using System.Text.Json;
using System.Threading;
using MeshActors.Transport.Time;

namespace MeshActors.RegionLab.Nodes;

/// <summary>Standard output of a node, one line for each event.</summary>
internal static class NodeOutput
{
    private static readonly Lock Lock = new();

    /// <summary>Nanoseconds of the machine's clock.</summary>
    public static long Now => Clock.System.Provider.GetTimestamp();

    public static void Tell(NodeEvent happened)
    {
        lock (Lock)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(happened));
        }
    }
}
