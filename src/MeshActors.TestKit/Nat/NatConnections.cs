using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>The ends of connections that one node has, by the numbers it knows them by: carries out its orders and tells it what became of them.</summary>
internal sealed class NatConnections
{
    /// <summary>The TCP port of relays.</summary>
    private const ushort Port = 443;

    private readonly SimHost _host;
    private readonly SimConnections _connections;
    private readonly Dictionary<uint, SimConnection> _byNumber = [];
    private readonly Dictionary<SimConnection, uint> _numbers = [];
    private readonly List<SimConnection> _abandoned = [];
    private uint _nextAccepted = ConnectionDesk.FirstAccepted;

    public NatConnections(SimHost host, SimConnections connections)
    {
        _host = host;
        _connections = connections;
    }

    /// <summary>Where a relay takes connections.</summary>
    public static UdpEndpoint ListensAt(SimHost relay) => new(relay.Interfaces[0].Address, Port);

    /// <summary>The same as nodes are told it.</summary>
    public static Uri UriOf(SimHost relay) => new($"wss://{ListensAt(relay)}/mesh");

    /// <summary>Sends a datagram when its endpoint stands for a connection; over one that is not open it is lost.</summary>
    /// <returns>False when it is another endpoint.</returns>
    public bool TrySend(UdpEndpoint to, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (!ConnectionEndpoint.TryRead(to, out var number))
        {
            return false;
        }

        if (_byNumber.TryGetValue(number, out var connection))
        {
            _connections.Send(connection, connection.Client == _host, datagram, now);
        }

        return true;
    }

    /// <summary>The process of the node has died: its system closes what was open.</summary>
    public void Abandon()
    {
        _abandoned.AddRange(_byNumber.OrderBy(entry => entry.Key).Select(entry => entry.Value));
        _byNumber.Clear();
        _numbers.Clear();
    }

    /// <summary>Opens and closes what the node ordered.</summary>
    public void Carry(NodeSwitch node, MonoTime now)
    {
        foreach (var connection in _abandoned)
        {
            _connections.Close(connection, connection.Client == _host, now);
        }

        _abandoned.Clear();
        while (node.Connections.PollOrder(out var order))
        {
            if (order.Target is null)
            {
                if (_byNumber.Remove(order.Number, out var ended))
                {
                    _numbers.Remove(ended);
                    _connections.Close(ended, ended.Client == _host, now);
                }
            }
            else if (UdpEndpoint.TryParse($"{order.Target.Host}:{order.Target.Port}", out var to)
                && _connections.Connect(_host, to, now) is { } connection)
            {
                _byNumber[order.Number] = connection;
                _numbers[connection] = order.Number;
            }
            else
            {
                node.Links.HandleDisconnected(order.Number, now);
            }
        }
    }

    /// <summary>Something happened at this end; what concerns a connection that was closed here is left out.</summary>
    public void Handle(in SimConnectionEvent happened, NodeSwitch node, MonoTime now, DateTimeOffset utcNow)
    {
        var connection = happened.Connection;
        if (happened is { AtClient: false, Kind: SimConnectionEventKind.Opened })
        {
            _numbers[connection] = _nextAccepted;
            _byNumber[_nextAccepted] = connection;
            node.Connections.HandleAccepted(
                _nextAccepted++, ConnectionEndpoint.SourceOf(new UdpEndpoint(connection.ClientAddress, 1)), now);
            return;
        }

        if (!_numbers.TryGetValue(connection, out var number))
        {
            return;
        }

        switch (happened.Kind)
        {
            case SimConnectionEventKind.Opened:
                node.Links.HandleConnected(number, now);
                break;
            case SimConnectionEventKind.Datagram:
                node.HandleOverConnection(number, happened.Bytes, now, utcNow);
                break;
            default:
                _numbers.Remove(connection);
                _byNumber.Remove(number);
                node.Links.HandleDisconnected(number, now);
                break;
        }
    }
}
