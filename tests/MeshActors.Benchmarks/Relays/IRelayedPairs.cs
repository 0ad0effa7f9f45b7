using System;

namespace MeshActors.Benchmarks.Relays;

/// <summary>Pairs of ends that send to each other over a relay; end 2n and end 2n + 1 are a pair. Called by one thread.</summary>
internal interface IRelayedPairs : IDisposable
{
    /// <summary>Ends, two for each pair.</summary>
    int Ends { get; }

    /// <summary>Makes what is to be sent, so that making it costs nothing while it is measured.</summary>
    /// <param name="size">Bytes of payload.</param>
    /// <param name="count">Datagrams of each end.</param>
    void Prepare(int size, int count);

    /// <summary>Sends the next datagram of an end.</summary>
    void Send(int end);

    /// <summary>Takes one datagram that came to an end, if one did.</summary>
    /// <returns>False too for one of another length: it is late, of a load before, or counts as lost.</returns>
    bool TryTake(int end);

    /// <summary>Datagrams that came and were not what was sent.</summary>
    long Faults { get; }
}
