using System;
using System.Collections.Generic;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Simulation;

/// <summary>Two whole nodes over a simulated network: real handshakes, real sealing, random talk, failures and restarts.</summary>
/// <remarks>
/// Oracles: every message of a stream arrives once and in order; a stream ends as completed unless a node restarted; what <see cref="SimWire"/>
/// watches; keys are held for a few sessions at most; and the run ends with nothing held, whatever the network did on the way.
/// </remarks>
internal sealed class TunnelPair : IDisposable
{
    private readonly TunnelPairScenario _scenario;
    private readonly SimRandom _random;
    private readonly SimWire _wire;
    private readonly SimTrace _trace;
    private readonly SimSteps _steps = new();
    private readonly TunnelPairNode[] _nodes;
    private readonly PriorityQueue<bool, MonoTime> _mishaps = new();
    private readonly byte[] _buffer = new byte[PathMtu.LargestBytes];
    private MonoTime _now = new(0);
    private string? _failure;
    private long _messages;
    private bool _restarted;

    public TunnelPair(ulong seed, TunnelPairScenario scenario, bool keepLines)
    {
        _random = new SimRandom(seed);
        _scenario = scenario;
        _trace = new SimTrace(keepLines);
        _nodes = [new TunnelPairNode(0, scenario, _random.Split()), new TunnelPairNode(1, scenario, _random.Split())];
        _wire = new SimWire(
            scenario.Link,
            scenario.CorruptPercent,
            scenario.Changes,
            [_nodes[0].Endpoint, _nodes[1].Endpoint],
            _random.Split());
        foreach (var node in _nodes)
        {
            node.StreamsToOpen = scenario.StreamsPerNode;
        }

        var first = _random.Below(2);
        _nodes[first].DialAt = _now;
        _nodes[1 - first].DialAt = scenario.BothDial ? _now + SomeTime(100) : null;
        for (var failure = 0; failure < scenario.Failures; failure++)
        {
            _mishaps.Enqueue(false, _now + SomeTime(4_000));
        }

        if (scenario.Restart)
        {
            _mishaps.Enqueue(true, _now + SomeTime(4_000));
        }
    }

    private DateTimeOffset UtcNow => SimIdentities.Epoch + TimeSpan.FromHours(1) + (_now - new MonoTime(0));

    /// <summary>Plays the scenario of a seed.</summary>
    public static SimResult Run(ulong seed, bool keepLines = false)
    {
        using var pair = new TunnelPair(seed, TunnelPairScenario.FromSeed(new SimRandom(seed)), keepLines);
        return pair.Run();
    }

    /// <summary>Plays until everything is done or something is wrong.</summary>
    public SimResult Run()
    {
        while (_failure is null)
        {
            Drive(_nodes[0]);
            Drive(_nodes[1]);
            if (IsOver())
            {
                break;
            }

            if (!_steps.TryAdvance(ref _now, NextStep()))
            {
                Fail("the run does not come to an end");
                break;
            }

            Step();
        }

        return new SimResult(
            _failure, _trace.Hash, _now - new MonoTime(0), _messages, _wire.Sent, _trace.Lines);
    }

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }
    }

    private TimeSpan SomeTime(int mostMilliseconds) =>
        _random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(mostMilliseconds));

    private MonoTime? NextStep()
    {
        var next = _wire.Next;
        foreach (var node in _nodes)
        {
            next = MonoTime.Earliest(next, MonoTime.Earliest(node.Table.NextTimeout, node.DialAt));
        }

        return _mishaps.TryPeek(out _, out var at) ? MonoTime.Earliest(next, at) : next;
    }

    private void Step()
    {
        while (_wire.TryReceive(_now, out var arrival))
        {
            var node = arrival.To == _nodes[0].Endpoint ? _nodes[0] : _nodes[1];
            node.Table.HandleDatagram(arrival.From, arrival.Packet.AsSpan(), EcnMark.NotCapable, _now, UtcNow);
            Drive(node);
        }

        while (_mishaps.TryPeek(out var restart, out var at) && at <= _now)
        {
            _mishaps.Dequeue();
            Mishap(_nodes[_random.Below(2)], restart);
        }

        foreach (var node in _nodes)
        {
            node.Table.HandleTimeout(_now, UtcNow);
            if (node.DialAt <= _now)
            {
                node.DialAt = null;
                Dial(node);
            }
        }
    }

    private void Dial(TunnelPairNode node)
    {
        if (node.Tunnel is { State: TunnelState.Failed } failed)
        {
            node.Table.Reopen(failed, _now, UtcNow);
        }
        else
        {
            node.Tunnel = node.Table.Open(_nodes[1 - node.Side].Record, _now, UtcNow);
        }
    }

    private void Mishap(TunnelPairNode node, bool restart)
    {
        _trace.Add(_now, node.Side, restart ? "restart" : "fail", 0, 0);
        if (restart)
        {
            _restarted = true;
            node.Restart();
            node.StreamsToOpen = _scenario.StreamsPerNode;
            node.DialAt = _now + SomeTime(500);
        }
        else if (node.Tunnel is { } tunnel)
        {
            node.Table.Fail(tunnel, _now);
        }
    }

    private void Drive(TunnelPairNode node)
    {
        do
        {
            while (node.Table.PollDerivation(out var claim))
            {
                node.Table.HandleDerived(claim, SimIdentities.Derive(claim), _now);
            }

            while (node.Table.PollTunnel(out var tunnel))
            {
                node.Note(tunnel);
                while (tunnel.PollEvent(out var happened))
                {
                    node.Tunnel = tunnel;
                    Handle(node, tunnel, happened);
                }
            }

            Talk(node);
            Send(node);
            _failure ??= node.TakeFault();
            _failure ??= node.CheckKeys();
        }
        while (node.Table.HasEvents);
    }

    private void Send(TunnelPairNode node)
    {
        while (node.Table.PollTransmit(_buffer, out var transmit, _now) is > 0 and var length)
        {
            var datagram = _buffer.AsSpan(0, length).ToArray();
            _trace.Add(_now, node.Side, "sends", datagram[0], length);
            if (_wire.Send(node.Endpoint, transmit.To, datagram, _now) is { } wrong)
            {
                Fail($"node {node.Side}: {wrong}");
            }
        }
    }

    private void Handle(TunnelPairNode node, Tunnel tunnel, in TunnelEvent happened)
    {
        _trace.Add(_now, node.Side, happened.Kind.ToString(), (long)happened.Stream.Id.Value, (long)happened.Stream.Kind);
        switch (happened.Kind)
        {
            case TunnelEventKind.Failed:
                node.DialAt ??= _now + SomeTime(300);
                break;
            case TunnelEventKind.StreamsBegun:
                node.BeginState(tunnel);
                break;
            case TunnelEventKind.Closed:
                Fail($"node {node.Side} closed the tunnel: {happened.CloseReason}");
                break;
            case TunnelEventKind.Stream:
                HandleStream(node, tunnel, happened.Stream);
                break;
        }
    }

    private void HandleStream(TunnelPairNode node, Tunnel tunnel, in StreamEvent happened)
    {
        var id = happened.Id;
        switch (happened.Kind)
        {
            case StreamEventKind.Opened:
                Begin(node, id);
                break;
            case StreamEventKind.Message:
                CheckMessage(node, id, happened.Message);
                tunnel.Streams.Release(id, happened.Message.Length);
                node.Table.Touch(tunnel);
                break;
            case StreamEventKind.Writable:
                node.Talks[id.Value].IsBlocked = false;
                break;
            case StreamEventKind.Ended:
                CheckEnd(node, id, happened.End);
                break;
        }
    }

    private void CheckMessage(TunnelPairNode node, StreamId id, ReadOnlyMemory<byte> message)
    {
        _messages++;
        var talks = _nodes[1 - node.Side].TalksHeardIn(node.Pair);
        if (talks is null
            || !talks.TryGetValue(id.Value, out var talk)
            || !talk.Unheard.TryDequeue(out var expected)
            || !message.Span.SequenceEqual(expected))
        {
            Fail($"node {node.Side} heard a wrong message of {message.Length} bytes on {id}");
        }
    }

    private void CheckEnd(TunnelPairNode node, StreamId id, StreamEnd end)
    {
        if (end.Reason == StreamEndReason.PeerRestarted && _restarted)
        {
            return;
        }

        if (!node.Ends.TryAdd(id.Value, end))
        {
            Fail($"{id} ended twice at node {node.Side}");
        }

        if (end.Reason != StreamEndReason.Completed || node.Talks[id.Value].Unheard.Count > 0)
        {
            Fail($"{id} ended as {end.Reason} at node {node.Side} with {node.Talks[id.Value].Unheard.Count} unheard");
        }
    }

    private void Begin(TunnelPairNode node, StreamId id)
    {
        var talk = new SimTalk();
        for (var left = _random.Between(0, _scenario.MostMessages); left > 0; left--)
        {
            var largest = Math.Min(_scenario.LargestMessage, StreamLimits.MostMessageBytes(id.Lane));
            talk.ToSend.Enqueue(_random.Between(1, _random.Chance(10) ? largest : 300));
        }

        node.Talks.Add(id.Value, talk);
    }

    /// <summary>Opens streams and sends messages, as much as the node may.</summary>
    private void Talk(TunnelPairNode node)
    {
        if (node.Tunnel is not { State: not TunnelState.Closed } tunnel)
        {
            return;
        }

        while (node.StreamsToOpen > 0 && tunnel.Streams.TryOpen((StreamLane)_random.Below(3), out var id))
        {
            node.StreamsToOpen--;
            Begin(node, id);
        }

        foreach (var (id, talk) in node.Talks)
        {
            if (talk.Say(tunnel.Streams, new StreamId(id), _random))
            {
                node.Table.Touch(tunnel);
            }
        }
    }

    private bool IsOver()
    {
        foreach (var node in _nodes)
        {
            if (node.StreamsToOpen > 0
                || node.Ends.Count < node.Talks.Count
                || node.Tunnel is not { State: TunnelState.Open } tunnel
                || !tunnel.Streams.IsIdle)
            {
                return false;
            }
        }

        return _mishaps.Count == 0;
    }

    private void Fail(string why) => _failure ??= why;
}
