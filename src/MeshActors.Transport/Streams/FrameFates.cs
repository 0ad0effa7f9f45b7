namespace MeshActors.Transport.Streams;

/// <summary>Tells whoever sent a frame that its packet arrived or is lost.</summary>
internal sealed class FrameFates
{
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private readonly ControlQueue _control;
    private readonly AckTracker _acks;
    private readonly StreamEnds _ends;

    public FrameFates(
        StreamSender sender, StreamReceiver receiver, ControlQueue control, AckTracker acks, StreamEnds ends)
    {
        _ends = ends;
        _sender = sender;
        _receiver = receiver;
        _control = control;
        _acks = acks;
    }

    /// <summary>A packet has arrived.</summary>
    public void HandleAcked(SentPackets packets, ulong number, in SentPacket packet)
    {
        if (packet.AckedBelow > 0)
        {
            _acks.HandleAckAcked(packet.AckedBelow - 1, number);
        }

        for (var i = 0; i < packet.Frames; i++)
        {
            HandleAcked(packets.FrameAt(packet.FirstFrame + i));
        }
    }

    /// <summary>A packet is lost, or its content goes again to be sure.</summary>
    public void HandleLost(SentPackets packets, in SentPacket packet)
    {
        for (var i = 0; i < packet.Frames; i++)
        {
            HandleLost(packets.FrameAt(packet.FirstFrame + i));
        }
    }

    public void HandleAcked(in SentFrame frame)
    {
        switch (frame.Kind)
        {
            case SentFrameKind.Stream:
                _sender.HandleAcked(frame);
                _ends.Settle(frame.Stream!);
                break;
            case SentFrameKind.Reset:
                frame.Stream!.Send.HandleResetAcked();
                _ends.Settle(frame.Stream);
                break;
            default:
                break;
        }
    }

    /// <summary>The frame, or what it would say by this time, goes again if it still matters.</summary>
    public void HandleLost(in SentFrame frame)
    {
        switch (frame.Kind)
        {
            case SentFrameKind.Stream:
                _sender.HandleLost(frame);
                break;
            case SentFrameKind.Reset:
                _sender.HandleResetLost(frame.Stream!);
                break;
            case SentFrameKind.StopSending:
            case SentFrameKind.StreamCredit:
                _receiver.HandleControlLost(frame.Stream!, frame.Kind);
                break;
            case SentFrameKind.TunnelCredit:
                _control.QueueTunnelCredit();
                break;
            default:
                _control.QueueStreamLimit((StreamLane)frame.Offset);
                break;
        }
    }
}
