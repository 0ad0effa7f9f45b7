using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>Two muxes back to back; packets take 10 ms, and a test may drop some.</summary>
internal sealed class MuxTwins
{
    public static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(MonoTime At, int To, ulong Number, byte[] Frames)> _wire = new();
    private ulong _injected;
    private readonly byte[] _buffer = new byte[1200 - StreamMux.PacketOverheadBytes];

    public MuxTwins(StreamLimits? limits = null)
    {
        A = new StreamMux(limits ?? StreamLimits.Default, 0, new SimRandom(1), Now);
        B = new StreamMux(limits ?? StreamLimits.Default, 1, new SimRandom(2), Now);
        Muxes = [A, B];
    }

    public StreamMux A { get; }

    public StreamMux B { get; }

    public MonoTime Now { get; private set; } = new(0);

    /// <summary>Events that were read, for each side.</summary>
    public List<StreamEvent>[] Events { get; } = [[], []];

    /// <summary>Outcomes that were not <see cref="FrameOutcome.Taken"/>.</summary>
    public List<FrameOutcome> Outcomes { get; } = [];

    /// <summary>Says of each packet (sender, number) whether it is lost.</summary>
    public Func<int, ulong, bool> Loses { get; set; } = (_, _) => false;

    /// <summary>False when messages are not taken.</summary>
    public bool Takes { get; set; } = true;

    /// <summary>False for a stream whose messages are not taken.</summary>
    public Func<StreamId, bool> TakesOf { get; set; } = _ => true;

    private StreamMux[] Muxes { get; }

    /// <summary>Runs until nothing is on the way and nothing is due within some time.</summary>
    public void Run(TimeSpan most)
    {
        var end = Now + most;
        while (true)
        {
            Drive(0);
            Drive(1);
            var next = MonoTime.Earliest(A.NextTimeout, B.NextTimeout);
            next = _wire.TryPeek(out var first) ? MonoTime.Earliest(next, first.At) : next;
            if (next is not { } step || step > end)
            {
                return;
            }

            Now = MonoTime.Latest(Now, step);
            while (_wire.TryPeek(out first) && first.At <= Now)
            {
                var (_, to, number, frames) = _wire.Dequeue();
                Note(Muxes[to].HandlePacket(number, true, EcnMark.NotCapable, frames, Now));
            }

            A.HandleTimeout(Now);
            B.HandleTimeout(Now);
        }
    }

    /// <summary>Lets time pass in which nobody does anything.</summary>
    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Hands frames to a side as the next packet of the other.</summary>
    public FrameOutcome Inject(int to, params byte[][] frames)
    {
        var all = new List<byte>();
        foreach (var frame in frames)
        {
            all.AddRange(frame);
        }

        return Muxes[to].HandlePacket(1_000_000 + _injected++, true, EcnMark.NotCapable, all.ToArray(), Now);
    }

    public void Drive(int side)
    {
        var mux = Muxes[side];
        while (mux.PollEvent(out var streamEvent))
        {
            Events[side].Add(streamEvent);
            if (streamEvent.Kind == StreamEventKind.Message && Takes && TakesOf(streamEvent.Id))
            {
                mux.Release(streamEvent.Id, streamEvent.Message.Length);
            }
        }

        int written;
        while ((written = mux.WritePacket(_buffer, out var number, Now)) > 0)
        {
            if (!Loses(side, number))
            {
                _wire.Enqueue((Now + Latency, 1 - side, number, _buffer.AsSpan(0, written).ToArray()));
            }
        }
    }

    private void Note(FrameOutcome outcome)
    {
        if (outcome != FrameOutcome.Taken)
        {
            Outcomes.Add(outcome);
        }
    }
}
