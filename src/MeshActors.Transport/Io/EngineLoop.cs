using System;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>The driver: moves time, datagrams, commands and events between the sockets, the machines and the process.</summary>
/// <remarks>
/// One thread owns all machines of a node, so they need no locks. Each turn takes what came in, tells handlers what happened, takes what the
/// process wants, tells the machines the time, sends what they ask for, and then sleeps until the next datagram, command or deadline. So a reply
/// that a handler gives at once leaves with the acknowledgement of what it replies to. Bounded work per kind and turn keeps one busy
/// source from starving the others.
/// </remarks>
internal sealed class EngineLoop
{
    private const int CommandsPerTurn = 4096;
    private const int SendsPerTurn = 256;
    private const int ForwardedPerTurn = 1024;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    /// <summary>Deadlines nearer than this are held against the clock once more before the loop sleeps; later ones may come late by what a turn took.</summary>
    private static readonly TimeSpan ExactSleep = TimeSpan.FromMilliseconds(2);

    /// <summary>How old wall time may be: it is for certificates and timestamps of handshakes, whose bounds are seconds and more.</summary>
    private static readonly TimeSpan WallTimeAge = TimeSpan.FromMilliseconds(10);

    /// <summary>Wall time that passes beyond that of timers and means that the machine slept.</summary>
    private static readonly TimeSpan SleepTold = TimeSpan.FromSeconds(5);

    private readonly IDatagramSockets _sockets;
    private readonly NodeSwitch _switch;
    private readonly TunnelTable _table;
    private readonly EngineInbox _inbox;
    private readonly EngineCommands _commands;
    private readonly EngineEvents _events;
    private readonly AddressDeriver _deriver;
    private readonly EngineCounters _counters;
    private readonly EngineConnections _connections;
    private readonly OutboundRun _outbound;
    private readonly OutboundBatch? _forwarded;
    private readonly TimeSpan _spin;
    private readonly Clock _clock;
    private DateTimeOffset _utcNow;
    private MonoTime _utcReadAt;
    private MonoTime _utcReadUntil = new(long.MinValue);
    private MonoTime _lastInput;
    private bool _moreToSend;
    private bool _stopping;
    private MonoTime _stopAt = MonoTime.Never;

    public EngineLoop(
        IDatagramSockets sockets,
        NodeSwitch machines,
        EngineInbox inbox,
        EngineCommands commands,
        EngineEvents events,
        AddressDeriver deriver,
        EngineConnections connections,
        EngineCounters counters,
        TimeSpan spin,
        Clock clock)
    {
        _sockets = sockets;
        _switch = machines;
        _table = machines.Table;
        _inbox = inbox;
        _commands = commands;
        _events = events;
        _deriver = deriver;
        _connections = connections;
        _counters = counters;
        _outbound = new OutboundRun(sockets, counters);
        _forwarded = machines.IsRelay ? new OutboundBatch(sockets, counters, NodeSwitch.ForwardedRoom) : null;
        _spin = spin;
        _clock = clock;
    }

    /// <summary>Runs until a stop command was carried out and the last datagrams are out.</summary>
    public void Run()
    {
        for (var now = _clock.Now; Turn(now); now = _clock.Now)
        {
            Sleep(now);
        }
    }

    /// <summary>Does what is due, once: all of <see cref="Run"/> but sleeping.</summary>
    /// <returns>False when the loop has ended.</returns>
    public bool Turn(MonoTime now)
    {
        if (now >= _stopAt)
        {
            return false;
        }

        var utcNow = ReadWallTime(now);
        Receive(now, utcNow);
        _events.Deliver(now);
        CarryCommands(now);
        _switch.HandleTimeout(now, utcNow);
        CarryOrders(now);
        while (_table.PollDerivation(out var claim))
        {
            _deriver.Begin(claim);
        }

        Send(now);
        _connections.Turn(_switch);
        _counters.Turned();
        if (!_moreToSend)
        {
            // Commands and sending may have left something to tell: less than a turn of its own.
            _events.Deliver(now);
        }

        return !_stopping || _moreToSend || !_table.IsQuiet;
    }

    /// <summary>When the next turn is due if nothing comes in before; null when nothing is.</summary>
    public MonoTime? NextTurn(MonoTime now) =>
        _moreToSend || _table.HasEvents || !_inbox.IsEmpty ? now : MonoTime.Earliest(_switch.NextTimeout, _stopping ? _stopAt : null);

    private DateTimeOffset ReadWallTime(MonoTime now)
    {
        if (now >= _utcReadUntil)
        {
            var utcNow = _clock.UtcNow;
            if (utcNow - _utcNow - (now - _utcReadAt) > SleepTold && _utcReadAt != default)
            {
                // The machine slept: the clock of timers stood still meanwhile, and the network may be another.
                _switch.HandleNetworkChanged(now);
            }

            _utcNow = utcNow;
            _utcReadAt = now;
            _utcReadUntil = now + WallTimeAge;
        }

        return _utcNow;
    }

    private void Receive(MonoTime now, DateTimeOffset utcNow)
    {
        while (_sockets.TryReceive(out var run))
        {
            _lastInput = now;
            var count = run.Count;
            _counters.Received(run.Bytes.Length, count);
            if (run.Side >= 0)
            {
                for (var i = 0; i < count; i++)
                {
                    _switch.HandleAside(run.Side, run.From, run[i], run.Ecn, now, utcNow);
                }

                continue;
            }

            for (var i = 0; i < count; i++)
            {
                _switch.HandleDatagram(run.From, run[i], run.Ecn, now, utcNow);
            }
        }
    }

    private void CarryCommands(MonoTime now)
    {
        for (var taken = 0; taken < CommandsPerTurn && _inbox.TryTake(out var command); taken++)
        {
            _lastInput = now;
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

    /// <summary>Opens and closes side sockets.</summary>
    private void CarryOrders(MonoTime now)
    {
        while (_switch.PollSocketOrder(out var order))
        {
            if (!order.Open)
            {
                _sockets.CloseSide(order.Number);
            }
            else if (_sockets.TryOpenSide(order.Number, out var local))
            {
                _switch.HandleSocketOpened(order.Number, local, now);
            }
            else
            {
                _switch.HandleSocketFailed(order.Number, now);
            }
        }
    }

    private void Send(MonoTime now)
    {
        _moreToSend = true;
        for (var sent = 0; sent < SendsPerTurn; sent++)
        {
            var room = _outbound.Room;
            var length = _switch.PollTransmit(room, out var transmit, now);
            if (length == 0)
            {
                _moreToSend = false;
                break;
            }

            if (!_connections.TrySend(transmit.To, room[..length]))
            {
                _outbound.Add(length, transmit);
            }
        }

        _outbound.Flush();
        if (_forwarded is not null)
        {
            Forward(_forwarded, now);
        }
    }

    private void Forward(OutboundBatch batch, MonoTime now)
    {
        for (var sent = 0; sent < ForwardedPerTurn; sent++)
        {
            var length = _switch.PollForwarded(batch.Room, out var to, now);
            if (length == 0)
            {
                batch.Flush();
                return;
            }

            if (!_connections.TrySend(to, batch.Room[..length]))
            {
                batch.Add(length, to);
            }
        }

        _moreToSend = true;
        batch.Flush();
    }

    private void Sleep(MonoTime now)
    {
        if (_moreToSend || _table.HasEvents || now - _lastInput < _spin || !_inbox.TrySleep())
        {
            return;
        }

        var wait = LongestSleep;
        if (_switch.NextTimeout is { } deadline && deadline - now < wait)
        {
            wait = deadline - (deadline - now < ExactSleep ? _clock.Now : now);
        }

        if (wait > TimeSpan.Zero)
        {
            _counters.Waited();
            _sockets.Wait(wait);
        }

        _inbox.Awake();
    }
}
