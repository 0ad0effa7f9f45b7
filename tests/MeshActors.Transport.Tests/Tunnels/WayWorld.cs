using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Two nodes with several ways between them in virtual time; each says a number every 10 ms, and the other hears them.</summary>
internal sealed class WayWorld : IDisposable
{
    private readonly PriorityQueue<(TableNode Node, UdpEndpoint From, byte[] Datagram), (MonoTime At, long Order)> _onTheWay = new();
    private readonly List<Way> _ways;
    private readonly Dictionary<TableNode, Ear> _ears = [];
    private long _order;

    public WayWorld(params Way[] ways)
    {
        _ways = [.. ways];
        foreach (var node in new[] { One, Two })
        {
            _ears[node] = new Ear();
            node.Hears = (tunnel, happened) => Hear(node, tunnel, happened);
        }
    }

    public TableNode One { get; } = new(1, 1001);

    public TableNode Two { get; } = new(2, 1002);

    public MonoTime Now { get; private set; }

    public DateTimeOffset UtcNow => TableNode.WallStart + (Now - default(MonoTime));

    /// <summary>Whether numbers are said.</summary>
    public bool Talks { get; set; } = true;

    /// <summary>Relayed: 45 ms each way, named as the way over the first relay client of each.</summary>
    public static Way Relayed(MeshAddress one, MeshAddress two) =>
        new(RelayedEndpoint.Of(0, one), RelayedEndpoint.Of(0, two), 45);

    public static UdpEndpoint Public(int host) => new(UdpEndpoint.MappedPrefix | (uint)(0xC633_6400 + host), 7400);

    /// <summary>Opens the tunnel over one way, and lets both talk from then on.</summary>
    public Tunnel Open(Way way)
    {
        var tunnel = One.Table.Open(Two.Record with { Endpoints = [way.Two] }, Now, UtcNow)!;
        Run(1_000);
        Assert.Equal(TunnelState.Open, tunnel.State);
        return tunnel;
    }

    public Tunnel TunnelOfTwo() => Two.Table.Open(One.Record with { Endpoints = [] }, Now, UtcNow)!;

    public void Tell(TableNode node, ulong sequence, params UdpEndpoint[] candidates) => node.Table.SetCandidates(
        new LocalCandidates(sequence, [.. candidates.Select(endpoint => (CandidateKind.Host, endpoint))]), Now);

    /// <summary>The longest time without a number at either, since the last call.</summary>
    public double TakeWorstGapMs()
    {
        var worst = _ears.Values.Max(ear => ear.WorstGap.TotalMilliseconds);
        foreach (var ear in _ears.Values)
        {
            ear.WorstGap = TimeSpan.Zero;
        }

        return worst;
    }

    /// <summary>Lets time pass, in steps of a millisecond.</summary>
    public void Run(int milliseconds)
    {
        for (var end = Now + TimeSpan.FromMilliseconds(milliseconds); Now < end; Now += TimeSpan.FromMilliseconds(1))
        {
            while (_onTheWay.TryPeek(out var next, out var due) && due.At <= Now)
            {
                _onTheWay.Dequeue();
                next.Node.Table.HandleDatagram(next.From, next.Datagram, EcnMark.NotCapable, Now, UtcNow);
            }

            foreach (var (node, ear) in _ears)
            {
                Say(node, ear);
                node.Turn(Now, (to, datagram) => Send(node, to, datagram));
                Assert.Empty(node.Faults);
            }
        }
    }

    /// <summary>Fails unless every number that was said was heard, or is on its way at the most.</summary>
    public void AssertHeard()
    {
        Talks = false;
        Run(5_000);
        Talks = true;
        Assert.Equal(_ears[One].Said, _ears[Two].Heard);
        Assert.Equal(_ears[Two].Said, _ears[One].Heard);
        Assert.True(_ears[One].Said > 0 && _ears[Two].Said > 0);
    }

    public void Dispose()
    {
        One.Dispose();
        Two.Dispose();
    }

    private void Send(TableNode node, UdpEndpoint to, byte[] datagram)
    {
        var toTwo = node == One;
        if (_ways.Find(way => to == (toTwo ? way.Two : way.One)) is not { } way)
        {
            return;
        }

        way.Datagrams++;
        if ((toTwo ? way.CarriesToTwo : way.CarriesToOne) && datagram.Length <= way.MostBytes)
        {
            _onTheWay.Enqueue((toTwo ? Two : One, toTwo ? way.One : way.Two, datagram), (Now + way.Delay, _order++));
        }
    }

    private void Say(TableNode node, Ear ear)
    {
        if (!Talks || ear.Tunnel is not { State: not TunnelState.Closed } tunnel || Now < ear.NextAt)
        {
            return;
        }

        ear.NextAt = Now + TimeSpan.FromMilliseconds(10);
        if (ear.Stream is null && tunnel.Streams.TryOpen(StreamLane.Streams, out var opened))
        {
            ear.Stream = opened;
        }

        var message = new byte[100];
        BinaryPrimitives.WriteInt64BigEndian(message, ear.Said);
        if (ear.Stream is { } stream && tunnel.Streams.Send(stream, message) == SendOutcome.Accepted)
        {
            ear.Said++;
            node.Table.Touch(tunnel);
        }
    }

    private void Hear(TableNode node, Tunnel tunnel, TunnelEvent happened)
    {
        var ear = _ears[node];
        ear.Tunnel ??= happened.Kind == TunnelEventKind.Opened ? tunnel : null;
        if (happened.Kind != TunnelEventKind.Stream || happened.Stream.Kind != StreamEventKind.Message)
        {
            return;
        }

        Assert.Equal(ear.Heard++, BinaryPrimitives.ReadInt64BigEndian(happened.Stream.Message.Span));
        ear.WorstGap = Now - ear.LastAt > ear.WorstGap && ear.Heard > 1 && Talks ? Now - ear.LastAt : ear.WorstGap;
        ear.LastAt = Now;
        tunnel.Streams.Release(happened.Stream.Id, happened.Stream.Message.Length);
        node.Table.Touch(tunnel);
    }

    /// <summary>What one node has said and heard.</summary>
    private sealed class Ear
    {
        public Tunnel? Tunnel { get; set; }

        public StreamId? Stream { get; set; }

        public long Said { get; set; }

        public long Heard { get; set; }

        public MonoTime NextAt { get; set; }

        public MonoTime LastAt { get; set; }

        public TimeSpan WorstGap { get; set; }
    }
}
