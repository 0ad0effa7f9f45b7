using System;
using System.Collections.Generic;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Simulation;

/// <summary>Two stream muxes over a simulated network, talking at random: every message must arrive once and in order.</summary>
/// <remarks>
/// The world stands for what surrounds a mux: it replaces sessions as handshakes would (node 0 begins, node 1 follows with the first packet of the new session), some
/// because they failed. At the end everything is acknowledged, every stream forgotten, and nothing held.
/// </remarks>
internal sealed class MuxPair
{
    private const int PacketBytes = 1200 - StreamMux.PacketOverheadBytes;

    private readonly MuxPairScenario _scenario;
    private readonly SimRandom _random;
    private readonly SimNetwork<Datagram> _network;
    private readonly SimTrace _trace;
    private readonly SimSteps _steps = new();
    private readonly MuxPairNode[] _nodes;
    private readonly byte[] _buffer = new byte[PacketBytes];
    private readonly PriorityQueue<int, MonoTime> _replacements = new();
    private MonoTime _now = new(0);
    private string? _failure;
    private long _messages;
    private long _order;

    public MuxPair(ulong seed, MuxPairScenario scenario, bool keepLines)
    {
        _random = new SimRandom(seed);
        _scenario = scenario;
        _network = new SimNetwork<Datagram>(scenario.Link, _random.Split());
        _trace = new SimTrace(keepLines);
        _nodes = [NewNode(0), NewNode(1)];
        for (var i = 0; i < scenario.Replacements; i++)
        {
            _replacements.Enqueue(i, _now + _random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        }
    }

    /// <summary>Plays the scenario of a seed.</summary>
    public static SimResult Run(ulong seed, bool keepLines = false) =>
        new MuxPair(seed, MuxPairScenario.FromSeed(new SimRandom(seed)), keepLines).Run();

    /// <summary>Plays until everything is done or something is wrong.</summary>
    public SimResult Run()
    {
        while (_failure is null)
        {
            Talk();
            Drive(_nodes[0]);
            Drive(_nodes[1]);
            if (IsOver())
            {
                CheckNothingLeft();
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
            _failure, _trace.Hash, _now - new MonoTime(0), _messages, _network.Sent, _trace.Lines);
    }

    private MuxPairNode NewNode(int side) =>
        new(side, new StreamMux(StreamLimits.Default, side, _random.Split(), _now)) { StreamsToOpen = _scenario.StreamsPerNode };

    private MonoTime? NextStep()
    {
        var next = _network.NextArrival;
        foreach (var node in _nodes)
        {
            next = MonoTime.Earliest(next, node.Mux.NextTimeout);
            next = node.ToRelease.TryPeek(out _, out var due) ? MonoTime.Earliest(next, due.At) : next;
        }

        return _replacements.TryPeek(out _, out var at) ? MonoTime.Earliest(next, at) : next;
    }

    private void Step()
    {
        while (_network.TryReceive(_now, out var arrival))
        {
            Receive(arrival.To == _nodes[0].Endpoint ? _nodes[0] : _nodes[1], arrival.Packet);
        }

        while (_replacements.TryPeek(out _, out var at) && at <= _now)
        {
            _replacements.Dequeue();
            if (_nodes[0].Session == _nodes[1].Session)
            {
                ReplaceSession(_nodes[0]);
                _nodes[0].Mux.Ping();
            }
        }

        foreach (var node in _nodes)
        {
            node.Mux.HandleTimeout(_now);
            while (node.ToRelease.TryPeek(out var message, out var due) && due.At <= _now)
            {
                node.ToRelease.Dequeue();
                node.Mux.Release(message.Id, message.Bytes);
            }
        }
    }

    private void Receive(MuxPairNode node, Datagram datagram)
    {
        if (datagram.Session > node.Session)
        {
            ReplaceSession(node);
        }

        var current = datagram.Session == node.Session;
        _trace.Add(_now, node.Side, current ? "receives" : "receives-old", (long)datagram.Number, datagram.Frames.Length);
        var outcome = node.Mux.HandlePacket(datagram.Number, current, EcnMark.NotCapable, datagram.Frames, _now);
        if (outcome.IsViolation())
        {
            Fail($"node {node.Side} says {outcome}");
        }

        Drive(node);
    }

    private void ReplaceSession(MuxPairNode node)
    {
        node.Session++;
        var failed = _random.Chance(50);
        if (failed)
        {
            node.Mux.HandleReopened(_now);
        }

        _trace.Add(_now, node.Side, "session", node.Session, failed ? 1 : 0);
    }

    private void Drive(MuxPairNode node)
    {
        while (node.Mux.PollEvent(out var streamEvent))
        {
            Handle(node, streamEvent);
        }

        int written;
        while ((written = node.Mux.WritePacket(_buffer, out var number, _now)) > 0)
        {
            _trace.Add(_now, node.Side, "sends", (long)number, written);
            var datagram = new Datagram(node.Session, number, _buffer.AsSpan(0, written).ToArray());
            var bytes = written + StreamMux.PacketOverheadBytes;
            _network.Send(node.Endpoint, _nodes[1 - node.Side].Endpoint, datagram, bytes, _now);
        }
    }

    private void Handle(MuxPairNode node, in StreamEvent streamEvent)
    {
        _trace.Add(_now, node.Side, streamEvent.Kind.ToString(), (long)streamEvent.Id.Value, streamEvent.Message.Length);
        var id = streamEvent.Id;
        switch (streamEvent.Kind)
        {
            case StreamEventKind.Opened:
                AddTalk(node, id, withLarge: false);
                break;
            case StreamEventKind.Message:
                CheckMessage(node, id, streamEvent.Message);
                var at = _now + _random.Between(TimeSpan.Zero, _scenario.SlowestHandler);
                node.ToRelease.Enqueue((id, streamEvent.Message.Length), (at, _order++));
                break;
            case StreamEventKind.Writable:
                node.Talks[id.Value].IsBlocked = false;
                break;
            case StreamEventKind.Ended:
                CheckEnd(node, id, streamEvent.End);
                break;
            default:
                break;
        }
    }

    private void CheckMessage(MuxPairNode node, StreamId id, ReadOnlyMemory<byte> message)
    {
        _messages++;
        var unheard = _nodes[1 - node.Side].Talks[id.Value].Unheard;
        if (!unheard.TryDequeue(out var expected) || !message.Span.SequenceEqual(expected))
        {
            Fail($"node {node.Side} heard a wrong message of {message.Length} bytes on {id}");
        }
    }

    private void CheckEnd(MuxPairNode node, StreamId id, StreamEnd end)
    {
        if (!node.Ends.TryAdd(id.Value, end))
        {
            Fail($"{id} ended twice at node {node.Side}");
        }

        if (end.Reason == StreamEndReason.Completed && node.Talks[id.Value].Unheard.Count > 0)
        {
            Fail($"{id} is completed at node {node.Side}, but not everything was heard");
        }

        if (_scenario.ResetPercent == 0 && end.Reason != StreamEndReason.Completed)
        {
            Fail($"{id} ended as {end.Reason} at node {node.Side}");
        }
    }

    private void AddTalk(MuxPairNode node, StreamId id, bool withLarge)
    {
        var talk = new SimTalk();
        node.Talks[id.Value] = talk;
        var messages = _random.Between(0, _scenario.MostMessages);
        for (var i = 0; i < messages; i++)
        {
            var largest = Math.Min(_scenario.LargestMessage, StreamLimits.MostMessageBytes(id.Lane));
            var most = _random.Chance(10) ? largest : Math.Min(300, largest);
            talk.ToSend.Enqueue(_random.Between(1, most));
        }

        if (withLarge)
        {
            talk.ToSend.Enqueue(_scenario.OneOfLength);
        }

        talk.ResetAtLeft = _random.Chance(_scenario.ResetPercent) ? _random.Between(0, messages) : -1;
    }

    /// <summary>Opens streams and sends messages, each node as much as it may.</summary>
    private void Talk()
    {
        foreach (var node in _nodes)
        {
            while (node.StreamsToOpen > 0)
            {
                var withLarge = _scenario.OneOfLength > 0 && node.StreamsToOpen == _scenario.StreamsPerNode;
                if (!node.Mux.TryOpen((StreamLane)_random.Below(withLarge ? 2 : 3), out var id))
                {
                    break;
                }

                node.StreamsToOpen--;
                AddTalk(node, id, withLarge);
            }

            foreach (var (id, talk) in node.Talks)
            {
                talk.Say(node.Mux, new StreamId(id), _random);
            }
        }
    }

    private bool IsOver()
    {
        foreach (var node in _nodes)
        {
            if (node.StreamsToOpen > 0
                || node.ToRelease.Count > 0
                || node.Ends.Count < node.Talks.Count
                || node.Talks.Count < 2 * _scenario.StreamsPerNode
                || !node.Mux.IsIdle
                || node.Session != _nodes[0].Session)
            {
                return false;
            }
        }

        return _replacements.Count == 0;
    }

    private void CheckNothingLeft()
    {
        foreach (var node in _nodes)
        {
            var statistics = node.Mux.Statistics;
            if (statistics is not { OpenStreams: 0, QueuedBytes: 0, ReceivedBytes: 0, BytesInFlight: 0 })
            {
                Fail($"node {node.Side} still holds {statistics}");
            }
        }
    }

    private void Fail(string why) => _failure ??= why;

    private readonly record struct Datagram(int Session, ulong Number, byte[] Frames);
}
