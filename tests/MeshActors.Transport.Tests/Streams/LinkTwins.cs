using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>Two muxes joined by a link of some rate, delay and buffer each way; packets beyond the buffer are dropped.</summary>
internal sealed class LinkTwins
{
    private const int IpAndUdpBytes = 28;

    private readonly double _bytesPerSecond;
    private readonly double _bufferSeconds;
    private readonly Queue<(MonoTime At, ulong Number, byte[] Frames)>[] _wires = [new(), new()];
    private readonly MonoTime[] _freeAt = [new(0), new(0)];
    private readonly byte[] _buffer = new byte[1200 - StreamMux.PacketOverheadBytes];

    /// <param name="bitsPerSecond">Rate each way.</param>
    /// <param name="roundTrip">Of an empty link, without the time packets take to be sent.</param>
    /// <param name="bufferBytes">What the link queues each way.</param>
    /// <param name="limits">Bounds of both muxes.</param>
    public LinkTwins(double bitsPerSecond, TimeSpan roundTrip, int bufferBytes, StreamLimits? limits = null)
    {
        _bytesPerSecond = bitsPerSecond / 8;
        Latency = roundTrip / 2;
        _bufferSeconds = bufferBytes / _bytesPerSecond;
        Muxes =
        [
            new StreamMux(limits ?? StreamLimits.Default, 0, new SimRandom(1), Now),
            new StreamMux(limits ?? StreamLimits.Default, 1, new SimRandom(2), Now),
        ];
    }

    /// <summary>Of a packet of no length on an empty link, one way.</summary>
    public TimeSpan Latency { get; }

    public StreamMux[] Muxes { get; }

    public MonoTime Now { get; private set; } = new(0);

    /// <summary>Called for each message that arrives, after which it is taken.</summary>
    public Action<int, StreamEvent> OnEvent { get; set; } = (_, _) => { };

    /// <summary>Says whether a side takes the messages of a stream.</summary>
    public Func<int, StreamId, bool> Takes { get; set; } = (_, _) => true;

    /// <summary>How long what a side sends now waits for what it sent before.</summary>
    public TimeSpan QueueDelay(int side) => MonoTime.Latest(Now, _freeAt[side]) - Now;

    public void RunTo(MonoTime end)
    {
        while (true)
        {
            Drive(0);
            Drive(1);
            var next = MonoTime.Earliest(Muxes[0].NextTimeout, Muxes[1].NextTimeout);
            next = MonoTime.Earliest(MonoTime.Earliest(next, NextArrival(0)), NextArrival(1));
            if (next is not { } step || step > end)
            {
                Now = end;
                return;
            }

            Now = MonoTime.Latest(Now, step);
            Arrive(0);
            Arrive(1);
            Muxes[0].HandleTimeout(Now);
            Muxes[1].HandleTimeout(Now);
        }
    }

    public void Drive(int side)
    {
        var mux = Muxes[side];
        while (mux.PollEvent(out var happened))
        {
            OnEvent(side, happened);
            if (happened.Kind == StreamEventKind.Message && Takes(side, happened.Id))
            {
                mux.Release(happened.Id, happened.Message.Length);
            }
        }

        int written;
        while ((written = mux.WritePacket(_buffer, out var number, Now)) > 0)
        {
            Put(side, number, _buffer.AsSpan(0, written).ToArray());
        }
    }

    private void Put(int side, ulong number, byte[] frames)
    {
        var begins = MonoTime.Latest(Now, _freeAt[side]);
        if ((begins - Now).TotalSeconds > _bufferSeconds)
        {
            return;
        }

        var bytes = frames.Length + StreamMux.PacketOverheadBytes + IpAndUdpBytes;
        _freeAt[side] = begins + TimeSpan.FromSeconds(bytes / _bytesPerSecond);
        _wires[side].Enqueue((_freeAt[side] + Latency, number, frames));
    }

    private MonoTime? NextArrival(int side) => _wires[side].TryPeek(out var first) ? first.At : null;

    private void Arrive(int side)
    {
        while (_wires[side].TryPeek(out var first) && first.At <= Now)
        {
            var (_, number, frames) = _wires[side].Dequeue();
            Muxes[1 - side].HandlePacket(number, true, EcnMark.NotCapable, frames, Now);
        }
    }
}
