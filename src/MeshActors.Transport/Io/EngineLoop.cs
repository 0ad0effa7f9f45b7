using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Io;

/// <summary>The driver: moves time, datagrams, commands and events between the sockets, the machines and the process.</summary>
/// <remarks>
/// One thread owns all machines of a node, so they need no locks. Each turn takes what came in, tells the machines the
/// time, sends what they ask for, tells handlers what happened, and then sleeps until the next datagram, command or
/// deadline. Bounded work per kind and turn keeps one busy source from starving the others.
/// </remarks>
internal sealed class EngineLoop
{
    private const int CommandsPerTurn = 4096;
    private const int DatagramsPerTurn = 256;
    private const int SendsPerTurn = 256;
    private const int LargestDatagram = 65_527;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly SocketSet _sockets;
    private readonly TunnelTable _table;
    private readonly EngineInbox _inbox;
    private readonly EngineCommands _commands;
    private readonly EngineEvents _events;
    private readonly AddressDeriver _deriver;
    private readonly Clock _clock;
    private readonly byte[] _inbound = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
    private readonly byte[] _outbound = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
    private bool _moreToSend;
    private bool _stopping;
    private MonoTime _stopAt = MonoTime.Never;

    public EngineLoop(
        SocketSet sockets,
        TunnelTable table,
        EngineInbox inbox,
        EngineCommands commands,
        EngineEvents events,
        AddressDeriver deriver,
        Clock clock)
    {
        _sockets = sockets;
        _table = table;
        _inbox = inbox;
        _commands = commands;
        _events = events;
        _deriver = deriver;
        _clock = clock;
    }

    /// <summary>Runs until a stop command was carried out and the last datagrams are out.</summary>
    public void Run()
    {
        while (_clock.Now < _stopAt)
        {
            var now = _clock.Now;
            CarryCommands(now);
            Receive(now);
            _table.HandleTimeout(now, _clock.UtcNow);
            while (_table.PollDerivation(out var claim))
            {
                _deriver.Begin(claim);
            }

            Send(now);
            _events.Deliver(now);
            if (_stopping && !_moreToSend && _table.IsQuiet)
            {
                return;
            }

            Sleep();
        }
    }

    private void CarryCommands(MonoTime now)
    {
        for (var taken = 0; taken < CommandsPerTurn && _inbox.TryTake(out var command); taken++)
        {
            if (command.Kind == EngineCommandKind.Stop)
            {
                _stopping = true;
                _stopAt = now + TimeSpan.FromTicks((long)command.Number);
                _table.CloseAll(TunnelCloseCode.ShuttingDown, "the node goes down", now);
                continue;
            }

            _commands.Carry(command, now);
        }
    }

    private void Receive(MonoTime now)
    {
        for (var socket = 0; socket < _sockets.Count; socket++)
        {
            for (var taken = 0; taken < DatagramsPerTurn; taken++)
            {
                var length = _sockets.TryReceive(socket, _inbound, out var from);
                if (length < 0)
                {
                    break;
                }

                if (length > 0)
                {
                    _table.HandleDatagram(
                        from, _inbound.AsSpan(0, length), EcnMark.NotCapable, now, _clock.UtcNow);
                }
            }
        }
    }

    private void Send(MonoTime now)
    {
        _moreToSend = true;
        for (var sent = 0; sent < SendsPerTurn; sent++)
        {
            var length = _table.PollTransmit(_outbound, out var transmit, now);
            if (length == 0)
            {
                _moreToSend = false;
                return;
            }

            _sockets.TrySend(_outbound.AsSpan(0, length), transmit.To);
        }
    }

    private void Sleep()
    {
        if (_moreToSend || _table.HasEvents || !_inbox.TrySleep())
        {
            return;
        }

        var wait = LongestSleep;
        if (_table.NextTimeout is { } deadline && deadline - _clock.Now < wait)
        {
            wait = deadline - _clock.Now;
        }

        if (wait > TimeSpan.Zero)
        {
            _sockets.Wait(wait);
        }

        _inbox.Awake();
    }
}
