using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>All connections of a node that carry datagrams where UDP does not get through: those it opens to relays, and those that clients of a relay have opened.</summary>
/// <remarks>
/// Knows no sockets: the owner carries out what <see cref="PollOrder"/> hands out and says what became of it. A connection that somebody opened to this node and over which no tunnel goes
/// after <see cref="ProofTime"/> is closed.
/// </remarks>
internal sealed class ConnectionDesk
{
    /// <summary>Relays that connections are opened to at most.</summary>
    public const int MostOwn = 16;

    /// <summary>Numbers from here on are those of connections that others opened.</summary>
    public const uint FirstAccepted = 1u << 16;

    /// <summary>How long somebody who connected has for a handshake.</summary>
    public static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(10);

    private readonly IRandomSource _random;
    private readonly List<RelayConnection> _own = [];
    private readonly Queue<ConnectionOrder> _orders = new();
    private readonly Dictionary<uint, UdpEndpoint> _accepted = [];
    private readonly Queue<(uint Number, MonoTime Until)> _unproven = new();
    private readonly HashSet<uint> _proven = [];

    /// <param name="random">Jitter.</param>
    public ConnectionDesk(IRandomSource random)
    {
        _random = random;
    }

    /// <summary>Connections that others opened and that are open.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>When <see cref="HandleTimeout"/> must next be called.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = _unproven.TryPeek(out var first) ? first.Until : null;
            foreach (var connection in _own)
            {
                next = MonoTime.Earliest(next, connection.NextTimeout);
            }

            return next;
        }
    }

    /// <summary>The connection to a relay, whether it is open or not.</summary>
    /// <returns>Null when there are <see cref="MostOwn"/> others.</returns>
    public RelayConnection? To(Uri target)
    {
        if (_own.Find(own => own.Target == target) is { } known)
        {
            return known;
        }

        if (_own.Count == MostOwn)
        {
            return null;
        }

        var connection = new RelayConnection((uint)_own.Count, target, _orders, _random);
        _own.Add(connection);
        return connection;
    }

    /// <summary>Where datagrams of a connection come from.</summary>
    /// <returns>False when it is not open.</returns>
    public bool TryFind(uint number, out UdpEndpoint endpoint)
    {
        if (number < FirstAccepted)
        {
            var isOpen = number < _own.Count && _own[(int)number].IsOpen;
            endpoint = isOpen ? _own[(int)number].Endpoint : default;
            return isOpen;
        }

        return _accepted.TryGetValue(number, out endpoint);
    }

    /// <summary>What was ordered is open.</summary>
    /// <returns>The connection.</returns>
    public RelayConnection HandleOpened(uint number, MonoTime now)
    {
        _own[(int)number].HandleOpened(now);
        return _own[(int)number];
    }

    /// <summary>Somebody has connected.</summary>
    /// <param name="number">Not in use, from <see cref="FirstAccepted"/> on.</param>
    /// <param name="source">The network it came from, as <see cref="ConnectionEndpoint.SourceOf"/> has it.</param>
    /// <param name="now">The present.</param>
    public void HandleAccepted(uint number, ulong source, MonoTime now)
    {
        _accepted[number] = ConnectionEndpoint.Of(number, source);
        _unproven.Enqueue((number, now + ProofTime));
    }

    /// <summary>A connection has ended by itself, or could not be opened.</summary>
    /// <returns>The connection when this node opened it.</returns>
    public RelayConnection? HandleClosed(uint number, MonoTime now)
    {
        if (number < FirstAccepted)
        {
            _own[(int)number].HandleClosed(now);
            return _own[(int)number];
        }

        Forget(number);
        return null;
    }

    /// <summary>A tunnel is known to go over an endpoint, whatever kind it is.</summary>
    public void HandleUsed(in UdpEndpoint endpoint)
    {
        if (ConnectionEndpoint.TryRead(endpoint, out var number) && _accepted.ContainsKey(number))
        {
            _proven.Add(number);
        }
    }

    /// <summary>This node's own address may have changed.</summary>
    public void HandleNetworkChanged(MonoTime now) => _own.ForEach(own => own.HandleNetworkChanged(now));

    public void HandleTimeout(MonoTime now)
    {
        foreach (var connection in _own)
        {
            connection.HandleTimeout(now);
        }

        while (_unproven.TryPeek(out var first) && first.Until <= now)
        {
            _unproven.Dequeue();
            if (_accepted.ContainsKey(first.Number) && !_proven.Contains(first.Number))
            {
                Forget(first.Number);
                _orders.Enqueue(new ConnectionOrder(first.Number, null));
            }
        }
    }

    /// <summary>Hands out what is to be opened or closed next.</summary>
    public bool PollOrder(out ConnectionOrder order) => _orders.TryDequeue(out order);

    private void Forget(uint number)
    {
        _accepted.Remove(number);
        _proven.Remove(number);
    }
}
