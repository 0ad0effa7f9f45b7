using System;

namespace MeshActors.TestKit.Simulation;

/// <summary>What a network does to the packets of one direction.</summary>
/// <param name="LossPercent">How many of a hundred are lost, 0 to 100.</param>
/// <param name="DuplicatePercent">How many of a hundred arrive twice, 0 to 100.</param>
/// <param name="LatencyMin">Shortest time on the way.</param>
/// <param name="LatencyMax">Longest time on the way; packets overtake each other when it is larger than the shortest.</param>
/// <param name="BytesPerSecond">What the link carries; 0 means no bound.</param>
/// <param name="QueueBytes">What may wait for the link; what comes beyond is lost. 0 means no bound.</param>
/// <param name="Mtu">Bytes of the largest packet that passes; larger ones are lost without a word. 0 means no bound.</param>
internal sealed record SimLink(
    double LossPercent,
    double DuplicatePercent,
    TimeSpan LatencyMin,
    TimeSpan LatencyMax,
    long BytesPerSecond = 0,
    long QueueBytes = 0,
    int Mtu = 0)
{
    /// <summary>Loses nothing, keeps the order, takes 1 ms.</summary>
    public static readonly SimLink Perfect = new(0, 0, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
}
