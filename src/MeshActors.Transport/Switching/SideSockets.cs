using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Switching;

/// <summary>The sockets of a node beside its first one, by number: for looking at how a NAT gives out ports, and for being found behind one.</summary>
/// <remarks>
/// <para>A user takes a number with <see cref="TryOpen"/>, and gives it back with <see cref="Close"/>, or with <see cref="LetGo"/> when a tunnel may have a path over it: then it is closed
/// as soon as no path names it. The driver asks <see cref="PollOrder"/> what to open and close, and says what became of it. Datagrams over them are sent to, and come from, a
/// <see cref="SocketEndpoint"/>.</para>
/// <para>Numbers are given out in turn, so that what still names a closed one does not soon mean another.</para>
/// </remarks>
internal sealed class SideSockets
{
    /// <summary>Sockets at once: 256 of a birthday, 10 of a discovery, and some that carry paths.</summary>
    public const int Most = 320;

    /// <summary>How often it is looked whether sockets that were let go are still named by a path.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly Queue<SocketOrder> _orders = new();
    private SideSocketState[] _states = [];
    private UdpEndpoint[] _locals = [];
    private int _next;
    private int _letGo;
    private MonoTime _sweepAt;

    /// <summary>Numbers that are taken.</summary>
    public int Count { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _letGo > 0 ? _sweepAt : null;

    /// <summary>Takes a number and asks the driver to open its socket.</summary>
    /// <param name="number">The number, 0 when there is none.</param>
    /// <returns>False when all are taken.</returns>
    public bool TryOpen(out int number)
    {
        number = 0;
        if (Count == Most)
        {
            return false;
        }

        if (_states.Length == 0)
        {
            // Most nodes never have any.
            _states = new SideSocketState[Most];
            _locals = new UdpEndpoint[Most];
        }

        while (_states[_next] != SideSocketState.Free)
        {
            _next = (_next + 1) % Most;
        }

        number = _next;
        _next = (_next + 1) % Most;
        _states[number] = SideSocketState.Opening;
        _orders.Enqueue(new SocketOrder(number, Open: true));
        Count++;
        return true;
    }

    public SideSocketState StateOf(int number) => number < _states.Length ? _states[number] : SideSocketState.Free;

    /// <summary>True when datagrams may come and go by it.</summary>
    public bool IsOpen(int number) => StateOf(number) is SideSocketState.Open or SideSocketState.LetGo;

    /// <summary>Where an open one is bound; its address may be the unspecified one.</summary>
    public UdpEndpoint LocalOf(int number) => IsOpen(number) ? _locals[number] : default;

    /// <summary>Gives a number back; its socket is closed at once.</summary>
    public void Close(int number)
    {
        if (StateOf(number) is SideSocketState.Free or SideSocketState.Closing)
        {
            return;
        }

        _letGo -= _states[number] == SideSocketState.LetGo ? 1 : 0;
        _states[number] = SideSocketState.Closing;
        _orders.Enqueue(new SocketOrder(number, Open: false));
    }

    /// <summary>Gives a number back that a path may name: its socket is closed when none does.</summary>
    public void LetGo(int number, MonoTime now)
    {
        if (StateOf(number) != SideSocketState.Open)
        {
            Close(number);
            return;
        }

        _states[number] = SideSocketState.LetGo;
        _sweepAt = _letGo++ == 0 ? now + SweepInterval : _sweepAt;
    }

    /// <summary>Hands out what the driver is to do next.</summary>
    public bool PollOrder(out SocketOrder order)
    {
        if (!_orders.TryDequeue(out order))
        {
            return false;
        }

        if (!order.Open)
        {
            _states[order.Number] = SideSocketState.Free;
            Count--;
        }

        return true;
    }

    /// <summary>The driver has opened one.</summary>
    /// <param name="number">Which.</param>
    /// <param name="local">Where it is bound; the port is never 0.</param>
    public void HandleOpened(int number, UdpEndpoint local)
    {
        if (StateOf(number) == SideSocketState.Opening)
        {
            _states[number] = SideSocketState.Open;
            _locals[number] = local;
        }
    }

    /// <summary>The driver could not open one.</summary>
    public void HandleFailed(int number)
    {
        if (StateOf(number) == SideSocketState.Opening)
        {
            _states[number] = SideSocketState.Failed;
        }
    }

    /// <summary>Closes those that were let go and that no path names.</summary>
    /// <param name="tunnels">All of the node.</param>
    /// <param name="now">The present.</param>
    public void HandleTimeout(IReadOnlyList<Tunnel> tunnels, MonoTime now)
    {
        if (_letGo == 0 || now < _sweepAt)
        {
            return;
        }

        _sweepAt = now + SweepInterval;
        var named = Named(tunnels);
        for (var number = 0; number < Most; number++)
        {
            if (_states[number] == SideSocketState.LetGo && !named.Contains(number))
            {
                Close(number);
            }
        }
    }

    private static HashSet<int> Named(IReadOnlyList<Tunnel> tunnels)
    {
        var named = new HashSet<int>();
        foreach (var tunnel in tunnels)
        {
            if (tunnel.Routes.Paths is not { } paths)
            {
                continue;
            }

            foreach (var path in paths.Agent.Paths)
            {
                if (SocketEndpoint.TryRead(path.Endpoint, out var number, out _))
                {
                    named.Add(number);
                }
            }
        }

        return named;
    }
}
