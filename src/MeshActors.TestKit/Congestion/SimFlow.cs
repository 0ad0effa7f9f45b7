using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Congestion;

/// <summary>One tunnel that sends bulk on one stream over a path: both muxes, and what of it has arrived.</summary>
/// <remarks>Windows are so large that flow control never limits. Whole messages are taken at once.</remarks>
internal sealed class SimFlow
{
    private const int MessageBytes = 64 * 1024;

    private static readonly byte[] Message = new byte[MessageBytes];

    private readonly StreamId _id;
    private bool _hasRoom = true;

    public SimFlow(SimPath path, CongestionControl control, MonoTime begins, SimRandom random)
    {
        Begins = begins;
        var window = (int)Math.Clamp(4 * (path.Product + path.BufferBytes), 64 << 20, 2_000_000_000);
        var limits = StreamLimits.Default with
        {
            Congestion = control,
            StreamWindowBytes = window,
            TunnelWindowBytes = window,
            MostStreamWindowBytes = window,
            MostTunnelWindowBytes = window,
            SendHighWaterBytes = window,
            SendStreamBytes = window,
            SendTunnelBytes = window,
            PacketsInFlight = 4 << 20,
            Pieces = 1 << 20,
        };
        Sender = new StreamMux(limits, 0, random.Split(), begins);
        Receiver = new StreamMux(limits, 1, random.Split(), begins);
        if (!Sender.TryOpen(StreamLane.Streams, out _id))
        {
            throw new InvalidOperationException("a new mux opens no stream");
        }
    }

    public StreamMux Sender { get; }

    public StreamMux Receiver { get; }

    public MonoTime Begins { get; }

    /// <summary>False: it says nothing new.</summary>
    public bool IsBusy { get; set; } = true;

    /// <summary>Bytes of messages taken at the other end.</summary>
    public long DeliveredBytes { get; private set; }

    /// <summary>Says more, as long as there is room.</summary>
    public void Say()
    {
        while (Sender.PollEvent(out var happened))
        {
            _hasRoom |= happened.Kind == StreamEventKind.Writable;
        }

        while (_hasRoom && IsBusy && Sender.Statistics.QueuedBytes < 2 * Sender.Statistics.WindowBytes + (1 << 20))
        {
            _hasRoom = Sender.Send(_id, Message) == SendOutcome.Accepted;
        }
    }

    public void Hear(in SimPacket packet, MonoTime now)
    {
        Require(Receiver.HandlePacket(packet.Number, true, packet.Mark, packet.Bytes.AsSpan(0, packet.Length), now));
        while (Receiver.PollEvent(out var happened))
        {
            if (happened.Kind == StreamEventKind.Message)
            {
                DeliveredBytes += happened.Message.Length;
                Receiver.Release(happened.Id, happened.Message.Length);
            }
        }
    }

    public void HearBack(in SimPacket packet, MonoTime now) =>
        Require(Sender.HandlePacket(packet.Number, true, packet.Mark, packet.Bytes.AsSpan(0, packet.Length), now));

    private static void Require(FrameOutcome outcome)
    {
        if (outcome.IsViolation())
        {
            throw new InvalidOperationException($"a mux calls another a violator: {outcome}");
        }
    }
}
