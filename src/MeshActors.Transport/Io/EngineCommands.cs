using System;
using System.Collections.Generic;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Carries out on the driver loop what the process asked for about one engine's tunnels and streams.</summary>
internal sealed class EngineCommands
{
    private readonly TunnelTable _table;
    private readonly EngineTunnels _tunnels;
    private readonly Clock _clock;

    public EngineCommands(TunnelTable table, EngineTunnels tunnels, Clock clock)
    {
        _table = table;
        _tunnels = tunnels;
        _clock = clock;
    }

    public void Carry(in EngineCommand command, MonoTime now)
    {
        switch (command.Kind)
        {
            case EngineCommandKind.OpenTunnel:
                Open((MeshTunnel)command.Target!, now);
                break;
            case EngineCommandKind.ReopenTunnel when Machine(command) is { } tunnel:
                _table.Reopen(tunnel, now, _clock.UtcNow);
                break;
            case EngineCommandKind.FailTunnel when Machine(command) is { } tunnel:
                _table.Fail(tunnel, now);
                break;
            case EngineCommandKind.CloseTunnel when Machine(command) is { } tunnel:
                _table.Close(tunnel, command.Number, command.Text, now);
                break;
            case EngineCommandKind.Ask:
                var question = (EngineQuestion)command.Target!;
                _table.Ask(question.Endpoint, question.ExpectedRoot, question, now, _clock.UtcNow);
                break;
            case EngineCommandKind.AddressDerived:
                var derived = (DerivedClaim)command.Target!;
                _table.HandleDerived(derived.Claim, derived.Address, now);
                break;
            case >= EngineCommandKind.OpenStream and <= EngineCommandKind.Reset:
                var stream = (MeshStream)command.Target!;
                try
                {
                    CarryForStream(command, stream);
                }
#pragma warning disable CA1031 // A wrong call, of Release say, must not end the loop that all tunnels share.
                catch (Exception fault) when (stream.Tunnel.Machine is not null)
#pragma warning restore CA1031
                {
                    _table.Fence.Break(stream.Tunnel.Machine, fault, now);
                    _table.Touch(stream.Tunnel.Machine);
                }

                break;
        }
    }

    /// <summary>Goes on with what waited for a stream to open or to have room.</summary>
    public static void Resume(MeshStream stream, StreamMux streams)
    {
        stream.SetWritable(true);
        while (stream.Waiting.TryPeek(out var command))
        {
            if (!TryApply(command, stream, streams))
            {
                stream.SetWritable(false);
                return;
            }

            stream.Waiting.Dequeue();
        }

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

            if (!streams.TryOpen(stream.Lane, out var id))
            {
                return;
            }

            unopened.Dequeue();
            stream.Opened(id);
            tunnel.Streams.Add(id, stream);
            Resume(stream, streams);
        }
    }

    private static Tunnel? Machine(in EngineCommand command) => ((MeshTunnel)command.Target!).Machine;

    private void Open(MeshTunnel tunnel, MonoTime now)
    {
        var machine = _table.Open(tunnel.Peer, now, _clock.UtcNow);
        if (machine is null)
        {
            _tunnels.End(tunnel, new TunnelCloseReason(
                TunnelCloseCause.ClosedHere, TunnelCloseCode.TooManyTunnels, "the node has as many tunnels as it may"));
            return;
        }

        _tunnels.Link(tunnel, machine);
    }

    private void CarryForStream(in EngineCommand command, MeshStream stream)
    {
        var machine = stream.Tunnel.Machine;
        if (command.Kind == EngineCommandKind.OpenStream)
        {
            if (stream.Tunnel.State == TunnelState.Closed)
            {
                stream.End(new StreamEnd(StreamEndReason.TunnelClosed, 0, MayHaveArrived: false));
                return;
            }

            stream.Tunnel.Unopened[(int)stream.Lane].Enqueue(stream);
        }
        else if (stream.HasEnded)
        {
            return;
        }
        else if (stream.Id is null && command.Kind == EngineCommandKind.Reset)
        {
            // Nothing of it has been sent: it ends here, and the queue of unopened streams skips it.
            stream.End(new StreamEnd(StreamEndReason.ResetHere, command.Number, MayHaveArrived: false));
            return;
        }
        else if (command.Kind == EngineCommandKind.Reset)
        {
            stream.Waiting.Clear();
            TryApply(command, stream, machine!.Streams);
        }
        else if (command.Kind is EngineCommandKind.Send or EngineCommandKind.Finish
                 && (stream.Id is null || stream.Waiting.Count > 0))
        {
            stream.Waiting.Enqueue(command);
            stream.SetWritable(false);
        }
        else if (!TryApply(command, stream, machine!.Streams))
        {
            stream.Waiting.Enqueue(command);
            stream.SetWritable(false);
        }

        if (machine is not null)
        {
            OpenWaiting(stream.Tunnel, machine.Streams);
            _table.Touch(machine);
        }

        stream.NotifyIfWritable();
    }

    /// <summary>Hands one command to the stream's machine.</summary>
    /// <returns>False when the stream has no room for it yet.</returns>
    private static bool TryApply(in EngineCommand command, MeshStream stream, StreamMux streams)
    {
        if (stream.Id is not { } id)
        {
            return command.Kind is EngineCommandKind.Nudge or EngineCommandKind.Release;
        }

        switch (command.Kind)
        {
            case EngineCommandKind.Send:
                var outcome = streams.Send(id, command.Message);
                if (outcome == SendOutcome.Refused)
                {
                    return false;
                }

                stream.Dequeued(command.Message.Length);
                if (outcome == SendOutcome.AboveHighWater)
                {
                    stream.SetWritable(false);
                }

                return true;
            case EngineCommandKind.Release:
                streams.Release(id, (int)command.Number);
                return true;
            case EngineCommandKind.Finish:
                streams.Finish(id);
                return true;
            case EngineCommandKind.Reset:
                streams.Reset(id, command.Number);
                return true;
            default:
                return true;
        }
    }
}
