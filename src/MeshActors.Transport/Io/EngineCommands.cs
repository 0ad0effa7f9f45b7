using System;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Carries out on the driver loop what the process asked for about one engine's tunnels and streams.</summary>
internal sealed class EngineCommands
{
    private readonly NodeSwitch _switch;
    private readonly TunnelTable _table;
    private readonly EngineTunnels _tunnels;
    private readonly StreamCommands _streams;
    private readonly Clock _clock;

    public EngineCommands(NodeSwitch machines, EngineTunnels tunnels, Clock clock)
    {
        _switch = machines;
        _table = machines.Table;
        _tunnels = tunnels;
        _streams = new StreamCommands(_table);
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
            case EngineCommandKind.SendDatagram:
                SendDatagram(command, (MeshTunnel)command.Target!);
                break;
            case EngineCommandKind.Ask:
                var question = (EngineQuestion)command.Target!;
                _table.Ask(question.Endpoint, question.ExpectedRoot, question, now, _clock.UtcNow);
                break;
            case EngineCommandKind.Do:
                ((Action<NodeSwitch, MonoTime>)command.Target!)(_switch, now);
                break;
            case EngineCommandKind.AddressDerived:
                var derived = (DerivedClaim)command.Target!;
                _table.HandleDerived(derived.Claim, derived.Address, now);
                break;
            case >= EngineCommandKind.OpenStream and <= EngineCommandKind.Reset:
                var stream = (MeshStream)command.Target!;
                try
                {
                    _streams.Carry(command, stream);
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
        StreamCommands.OpenWaiting(tunnel, machine.Streams);
        _table.Touch(machine);
    }

    private void SendDatagram(in EngineCommand command, MeshTunnel tunnel)
    {
        tunnel.DatagramDequeued();
        if (tunnel.Machine is { } machine)
        {
            machine.Streams.SendDatagram(command.Message, new MonoTime((long)command.Number));
            _table.Touch(machine);
        }
    }
}
