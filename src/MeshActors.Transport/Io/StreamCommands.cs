using System;
using System.Collections.Generic;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Carries out on the driver loop what the process asked for about one stream.</summary>
/// <remarks>Messages go from a stream's outbox to its machine; what the machine has no room for, or came before the stream could be opened, waits here in order.</remarks>
internal sealed class StreamCommands
{
    private readonly TunnelTable _table;

    public StreamCommands(TunnelTable table)
    {
        _table = table;
    }

    public void Carry(in EngineCommand command, MeshStream stream)
    {
        var machine = stream.Tunnel.Machine;
        switch (command.Kind)
        {
            case EngineCommandKind.OpenStream when stream.Tunnel.State == TunnelState.Closed:
                stream.End(new StreamEnd(StreamEndReason.TunnelClosed, 0, MayHaveArrived: false));
                return;
            case EngineCommandKind.OpenStream:
                stream.Tunnel.Unopened[(int)stream.Lane].Enqueue(stream);
                break;
            case var _ when stream.HasEnded:
                return;
            case EngineCommandKind.Reset when stream.Id is null:
                // Nothing of it has been sent: it ends here, and the queue of unopened streams skips it.
                stream.End(new StreamEnd(StreamEndReason.ResetHere, command.Number, MayHaveArrived: false));
                return;
            case EngineCommandKind.Reset:
                stream.Waiting.Clear();
                machine!.Streams.Reset(stream.Id.Value, command.Number);
                break;
            case EngineCommandKind.Send:
                Send(stream, machine?.Streams);
                break;
            case EngineCommandKind.Finish:
                Send(stream, machine?.Streams);
                stream.IsFinishing = true;
                Finish(stream, machine?.Streams);
                break;
            case EngineCommandKind.Release when stream.Id is { } id:
                Release(stream, id, (int)command.Number, machine!.Streams);
                break;
            case EngineCommandKind.Hold when stream.Id is { } id:
                machine!.Streams.Hold(id, (int)command.Number);
                break;
            case EngineCommandKind.ReleaseHeld when stream.Id is { } id:
                machine!.Streams.Hold(id, (int)command.Number, isOver: true);
                break;
            case EngineCommandKind.Recycle when stream.Id is { } id:
                machine!.Streams.Recycle(id, stream.Memory);
                break;
        }

        if (machine is not null)
        {
            OpenWaiting(stream.Tunnel, machine.Streams);
            _table.Touch(machine);
        }

        stream.NotifyIfWritable();
    }

    /// <summary>Goes on with what waited for a stream to open or to have room.</summary>
    public static void Resume(MeshStream stream, StreamMux streams)
    {
        stream.SetWritable(true);
        while (stream.Waiting.TryPeek(out var message))
        {
            if (!TrySend(stream, message, streams))
            {
                return;
            }

            stream.Waiting.Dequeue();
            stream.Dequeued(MeshStream.CostOf(message));
        }

        Finish(stream, streams);
        stream.NotifyIfWritable();
    }

    /// <summary>Opens streams that waited for the peer's permission, as far as it goes.</summary>
    public static void OpenWaiting(MeshTunnel tunnel, StreamMux streams)
    {
        foreach (var unopened in tunnel.Unopened)
        {
            OpenWaiting(tunnel, unopened, streams);
        }
    }

    private static void OpenWaiting(MeshTunnel tunnel, Queue<MeshStream> unopened, StreamMux streams)
    {
        while (unopened.TryPeek(out var stream))
        {
            if (stream.HasEnded)
            {
                unopened.Dequeue();
                continue;
            }

            if (!streams.TryOpen(stream.Lane, out var id, stream.IsEarly))
            {
                return;
            }

            unopened.Dequeue();
            stream.Opened(id);
            tunnel.Streams.Add(id, stream);
            Resume(stream, streams);
        }
    }

    private static void Send(MeshStream stream, StreamMux? streams)
    {
        var left = 0;
        foreach (var message in stream.Outbox.TakeAll())
        {
            if (streams is not null && stream.Waiting.Count == 0 && TrySend(stream, message, streams))
            {
                left += MeshStream.CostOf(message);
            }
            else
            {
                stream.Waiting.Enqueue(message);
            }
        }

        stream.Outbox.Clear();
        stream.Dequeued(left);
    }

    private static bool TrySend(MeshStream stream, ReadOnlyMemory<byte> message, StreamMux streams)
    {
        var outcome = stream.Id is { } id ? streams.Send(id, message) : SendOutcome.Refused;
        if (outcome is SendOutcome.Refused or SendOutcome.AboveHighWater)
        {
            stream.SetWritable(false);
        }

        return outcome != SendOutcome.Refused;
    }

    private static void Finish(MeshStream stream, StreamMux? streams)
    {
        if (stream is { IsFinishing: true, Waiting.Count: 0, Id: { } id })
        {
            streams!.Finish(id);
        }
    }

    private static void Release(MeshStream stream, StreamId id, int longMessageBytes, StreamMux streams)
    {
        if (longMessageBytes > 0)
        {
            streams.Release(id, longMessageBytes);
            return;
        }

        streams.ReleaseShort(id, stream.TakeReleased());
    }
}
