using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Simulation;

/// <summary>One end of a <see cref="MuxPair"/>: its mux, its session, and what it says and hears on each stream.</summary>
internal sealed class MuxPairNode
{
    public MuxPairNode(int side, StreamMux mux)
    {
        Side = side;
        Mux = mux;
        Endpoint = new UdpEndpoint((UInt128)(uint)(side + 1), 1);
    }

    public int Side { get; }

    public StreamMux Mux { get; }

    public UdpEndpoint Endpoint { get; }

    /// <summary>Number of the session it sends in.</summary>
    public int Session { get; set; }

    /// <summary>Streams it still has to open.</summary>
    public int StreamsToOpen { get; set; }

    public SortedDictionary<ulong, SimTalk> Talks { get; } = [];

    /// <summary>Streams that have ended, with how.</summary>
    public SortedDictionary<ulong, StreamEnd> Ends { get; } = [];

    /// <summary>Messages that wait to be taken, in order of time.</summary>
    public PriorityQueue<(StreamId Id, int Bytes), (MonoTime At, long Order)> ToRelease { get; } = new();
}
