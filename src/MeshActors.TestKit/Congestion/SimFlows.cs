using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Congestion;

/// <summary>Flows that share one bottleneck, in virtual time: the world congestion controllers are judged in.</summary>
/// <remarks>A pure function of path, controllers and seed. Acknowledgements come back over an empty path of half the round trip.</remarks>
internal sealed class SimFlows
{
    private readonly SimPath _path;
    private readonly SimBottleneck _there;
    private readonly SimBottleneck _back;
    private readonly List<SimFlow> _flows = [];
    private readonly SimRandom _random;
    private readonly byte[] _buffer;
    private MonoTime _now = new(0);

    public SimFlows(SimPath path, ulong seed)
    {
        _path = path;
        _random = new SimRandom(seed);
        _buffer = new byte[path.DatagramBytes - StreamMux.PacketOverheadBytes];
        _there = new SimBottleneck(path, _random.Split());
        var back = path with
        {
            BitsPerSecond = Math.Max(1e9, path.BitsPerSecond),
            LossPercent = path.AckLossPercent,
            BufferProducts = 1e6,
            IsPolicer = false,
            MarksAbove = null,
        };
        _back = new SimBottleneck(back, _random.Split());
    }

    public IReadOnlyList<SimFlow> Flows => _flows;

    public QueueDelays Delays => _there.Delays;

    public TimeSpan Elapsed => _now - new MonoTime(0);

    /// <summary>Adds a flow that begins now or later.</summary>
    public SimFlow Add(CongestionControl control, TimeSpan after = default)
    {
        var flow = new SimFlow(_path, control, _now + after, _random);
        _flows.Add(flow);
        return flow;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="time">How much.</param>
    /// <param name="stop">Asked after every step; true ends the run early.</param>
    public void Run(TimeSpan time, Func<bool>? stop = null)
    {
        var end = _now + time;
        for (var i = 0; i < _flows.Count; i++)
        {
            DriveSender(i);
        }

        while (NextStep() is { } next && next <= end && stop?.Invoke() != true)
        {
            _now = MonoTime.Latest(_now, next);
            Step();
        }

        _now = stop is null ? end : _now;
    }

    private MonoTime? NextStep()
    {
        var next = MonoTime.Earliest(_there.NextArrival, _back.NextArrival);
        foreach (var flow in _flows)
        {
            next = MonoTime.Earliest(next, flow.Begins > _now ? flow.Begins : Timer(flow.Sender.NextTimeout));
            next = MonoTime.Earliest(next, Timer(flow.Receiver.NextTimeout));
        }

        return next;
    }

    private MonoTime? Timer(MonoTime? due) => due is { } at && _path.TimerStep > TimeSpan.Zero
        ? new MonoTime((MonoTime.Latest(at, _now).Ticks + _path.TimerStep.Ticks - 1) / _path.TimerStep.Ticks * _path.TimerStep.Ticks)
        : due;

    private void Step()
    {
        while (_there.TryReceive(_now, out var packet))
        {
            _flows[packet.Flow].Hear(packet, _now);
            _there.Recycle(packet);
            DriveReceiver(packet.Flow);
        }

        while (_back.TryReceive(_now, out var packet))
        {
            _flows[packet.Flow].HearBack(packet, _now);
            _back.Recycle(packet);
            DriveSender(packet.Flow);
        }

        for (var i = 0; i < _flows.Count; i++)
        {
            var flow = _flows[i];
            if (flow.Receiver.NextTimeout <= _now)
            {
                flow.Receiver.HandleTimeout(_now);
                DriveReceiver(i);
            }

            if (flow.Begins <= _now && (flow.Begins == _now || flow.Sender.NextTimeout <= _now))
            {
                flow.Sender.HandleTimeout(_now);
                DriveSender(i);
            }
        }
    }

    private void DriveSender(int index)
    {
        var flow = _flows[index];
        if (flow.Begins <= _now)
        {
            flow.Say();
            Send(index, flow.Sender, _there);
        }
    }

    private void DriveReceiver(int index) => Send(index, _flows[index].Receiver, _back);

    private void Send(int index, StreamMux mux, SimBottleneck over)
    {
        int written;
        while ((written = mux.WritePacket(_buffer, out var number, _now)) > 0)
        {
            over.Send(index, number, _buffer.AsSpan(0, written), written + StreamMux.PacketOverheadBytes, mux.Packets.IsMarked, _now);
        }
    }
}
