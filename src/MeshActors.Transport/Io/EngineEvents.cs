using System;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Tells handlers, on the driver loop, what happened to tunnels and streams.</summary>
/// <remarks>A handler that throws loses its stream or tunnel; the loop and all others go on.</remarks>
internal sealed class EngineEvents
{
    /// <summary>Code of the reset that refuses a stream nobody handles, or whose handler failed.</summary>
    public const ulong RefusedCode = 0xFFFF;

    private readonly TunnelTable _table;
    private readonly RelayLinks _links;
    private readonly Whereabouts _place;
    private readonly EngineTunnels _tunnels;
    private readonly EngineCommands _commands;
    private readonly EngineInbox _inbox;
    private readonly IEngineHandler _handler;
    private ulong _placeTold;

    public EngineEvents(
        NodeSwitch machines,
        EngineTunnels tunnels,
        EngineCommands commands,
        EngineInbox inbox,
        IEngineHandler handler)
    {
        _table = machines.Table;
        _links = machines.Links;
        _place = machines.Place;
        _tunnels = tunnels;
        _commands = commands;
        _inbox = inbox;
        _handler = handler;
    }

    /// <summary>Delivers everything that is to be told.</summary>
    public void Deliver(MonoTime now)
    {
        while (_table.PollTunnel(out var machine))
        {
            // A tunnel that a peer began to open exists for the process once there is something to tell of it.
            if (!machine.PollEvent(out var first))
            {
                if (_tunnels.Find(machine) is { } idle)
                {
                    StreamCommands.OpenWaiting(idle, machine.Streams);
                }

                continue;
            }

            var tunnel = _tunnels.Of(machine);
            try
            {
                DeliverFor(tunnel, machine, first);
            }
#pragma warning disable CA1031 // Whatever a handler throws must not end the loop that all tunnels share.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _handler.OnFault(tunnel.ToString(), fault);
                _table.Close(machine, TunnelCloseCode.NotNeeded, "a handler failed", now);
            }
        }

        while (_table.Fence.PollFault(out var broken))
        {
            _handler.OnFault(broken.Peer is { } peer ? $"the tunnel to {peer}" : "a handshake", broken.Fault);
        }

        while (_table.PollAnswer(out var answer))
        {
            ((EngineQuestion)answer.Tag).Answer(answer);
        }

        while (_links.PollChange(out var change))
        {
            _handler.OnRelayChanged(change);
        }

        if (_place.Candidates is var candidates && candidates.Sequence != _placeTold)
        {
            _placeTold = candidates.Sequence;
            _handler.OnPlaceChanged(candidates);
        }
    }

    private void DeliverFor(MeshTunnel tunnel, Tunnel machine, TunnelEvent happened)
    {
        do
        {
            switch (happened.Kind)
            {
                case TunnelEventKind.Opened:
                    tunnel.SetPeer(machine.Peer, machine.Sessions.Current?.Context);
                    tunnel.SetState(TunnelState.Open);
                    _handler.OnTunnelOpened(tunnel);
                    break;
                case TunnelEventKind.Failed:
                    tunnel.SetState(TunnelState.Failed);
                    _handler.OnTunnelFailed(tunnel, happened.Failure);
                    break;
                case TunnelEventKind.Stream:
                    DeliverForStream(tunnel, machine, happened.Stream);
                    break;
                case TunnelEventKind.Closed:
                    _tunnels.End(tunnel, happened.CloseReason!);
                    return;
            }
        }
        while (machine.PollEvent(out happened));
        StreamCommands.OpenWaiting(tunnel, machine.Streams);
    }

    private void DeliverForStream(MeshTunnel tunnel, Tunnel machine, in StreamEvent happened)
    {
        if (happened.Kind == StreamEventKind.Datagram)
        {
            _handler.OnDatagram(tunnel, happened.Message);
            return;
        }

        if (happened.Kind == StreamEventKind.Opened)
        {
            Accept(tunnel, machine, happened.Id);
            return;
        }

        if (!tunnel.Streams.TryGetValue(happened.Id, out var stream))
        {
            return;
        }

        try
        {
            Tell(tunnel, stream, machine, happened);
        }
#pragma warning disable CA1031 // Whatever a handler throws must not end the loop that all tunnels share.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _handler.OnFault($"stream {happened.Id} of {tunnel}", fault);
            stream.Reset(RefusedCode);
        }
    }

    private static void Tell(MeshTunnel tunnel, MeshStream stream, Tunnel machine, in StreamEvent happened)
    {
        switch (happened.Kind)
        {
            case StreamEventKind.Message:
                stream.Handler!.OnMessage(stream, happened.Message);
                break;
            case StreamEventKind.Writable:
                StreamCommands.Resume(stream, machine.Streams);
                break;
            case StreamEventKind.Finished:
                stream.Handler!.OnFinished(stream);
                break;
            case StreamEventKind.Ended:
                tunnel.Streams.Remove(happened.Id);
                stream.End(happened.End);
                break;
        }
    }

    private void Accept(MeshTunnel tunnel, Tunnel machine, StreamId id)
    {
        if (tunnel.Context is null)
        {
            // Early data comes before the session is confirmed; who sent it is proven already.
            tunnel.SetPeer(machine.Peer, (machine.Sessions.Current ?? machine.Sessions.Pending)?.Context);
        }

        var stream = new MeshStream(tunnel, id.Lane, _inbox) { CameEarly = machine.Streams.CameEarly(id) };
        stream.Opened(id);
        var handler = _handler.OnStreamAccepted(stream);
        if (handler is null)
        {
            machine.Streams.Reset(id, RefusedCode);
            _table.Touch(machine);
            return;
        }

        stream.Attach(handler);
        tunnel.Streams.Add(id, stream);
    }
}
