using System.Collections.Generic;

namespace MeshActors.Benchmarks.Children;

/// <summary>What the parent tells a child, one JSON line on its standard input.</summary>
internal sealed record ChildCommand
{
    public required ChildVerb Verb { get; init; }

    /// <summary>Where the other side listens, as <c>address:port</c>; with <see cref="ChildVerb.Open"/>, and with <see cref="LoadKind.Heartbeats"/>.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>The other side's certificate in base64; tunnels only.</summary>
    public string Certificate { get; init; } = string.Empty;

    /// <summary>A fleet secret made for this run; tunnels only.</summary>
    public string Secret { get; init; } = string.Empty;

    public LoadKind Load { get; init; }

    /// <summary>Bytes of a message, or of a datagram in loads without messages.</summary>
    public int Size { get; init; }

    /// <summary>True to seal each datagram of UDP loads; to make true attempts in floods.</summary>
    public bool Sealed { get; init; }

    /// <summary>How long to measure; round trips and heartbeats only, which each side counts itself.</summary>
    public double Seconds { get; init; }

    /// <summary>Bytes a second at most; 0 is as fast as it goes.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>How fast a flood is.</summary>
    public double PacketsPerSecond { get; init; }

    /// <summary>How many nodes, tunnels or addresses.</summary>
    public int Count { get; init; }

    /// <summary>Nodes to open tunnels to, as <c>certificate@endpoint</c>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];
}

/// <summary>What a child can be told.</summary>
internal enum ChildVerb
{
    /// <summary>Connect, or get ready to be connected to.</summary>
    Open,

    /// <summary>Begin a load, in the background.</summary>
    Begin,

    /// <summary>Say how far it is.</summary>
    Mark,

    /// <summary>End the load.</summary>
    End,

    /// <summary>Measure round trips for some seconds.</summary>
    RoundTrips,

    /// <summary>Measure for some seconds how late heartbeats come; actors only.</summary>
    Heartbeats,

    /// <summary>Collect garbage, then say what memory is in use.</summary>
    Memory,

    /// <summary>Say what was dropped; nodes only.</summary>
    Drops,
}

/// <summary>What is carried.</summary>
internal enum LoadKind
{
    /// <summary>Messages or datagrams one after the other, as fast as the other side takes them.</summary>
    OneWay,

    /// <summary>Each message is sent back.</summary>
    Echo,

    /// <summary>Many senders, each of which keeps some messages under way; actors only.</summary>
    PingPong,

    /// <summary>Large messages at a rate, while both sides watch each other; actors only.</summary>
    Heartbeats,
}
