using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>Connections over TCP and TLS 1.3 between the hosts of a <see cref="SimInternet"/>, which carry datagrams reliably and in order.</summary>
/// <remarks>
/// They take the time of the links between the two sites. Setting one up costs three round trips: TCP, TLS 1.3, the upgrade. What the link loses comes a round trip later, and all that is behind it too.
/// While the sites are cut nothing comes through; after <see cref="Patience"/> both ends are told that it is over, as they are when the client's host has another address. Boxes let TCP out, those that
/// block UDP as well, and none in: the server has a public address. Bandwidth is not modelled.
/// </remarks>
internal sealed class SimConnections
{
    /// <summary>How long an end waits for what does not come through.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(200);

    private readonly SimInternet _internet;
    private readonly SimRandom _random;
    private readonly List<SimConnection> _connections = [];
    private readonly Dictionary<UdpEndpoint, SimHost> _listening = [];
    private readonly Queue<SimConnectionEvent> _ended = new();

    public SimConnections(SimInternet internet, SimRandom random)
    {
        _internet = internet;
        _random = random;
    }

    /// <summary>When something next happens, null when nothing is on the way.</summary>
    public MonoTime? NextAt
    {
        get
        {
            MonoTime? next = null;
            foreach (var connection in _connections)
            {
                next = MonoTime.Earliest(next, connection.NextAt);
            }

            return next;
        }
    }

    /// <summary>Takes connections at a public endpoint.</summary>
    public void Listen(SimHost host, UdpEndpoint at) => _listening.Add(at, host);

    /// <summary>Begins to connect.</summary>
    /// <returns>Null when nobody listens there.</returns>
    public SimConnection? Connect(SimHost client, UdpEndpoint to, MonoTime now)
    {
        if (!_listening.TryGetValue(to, out var server))
        {
            return null;
        }

        var connection = new SimConnection(client, server, now);
        var forth = DelayOf(client, server);
        var back = DelayOf(server, client);
        connection.Send(1, now + (3 * forth) + (2 * back), SimConnectionEventKind.Opened, []);
        connection.Send(0, now + (3 * (forth + back)), SimConnectionEventKind.Opened, []);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Sends a datagram from one end.</summary>
    public void Send(SimConnection connection, bool fromClient, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (connection.IsOver)
        {
            return;
        }

        var (from, to) = fromClient ? (connection.Client, connection.Server) : (connection.Server, connection.Client);
        var at = now + DelayOf(from, to);
        var link = _internet.Sites.LinkOf(from.Place.Site, to.Place.Site);
        while (_random.Chance(link.LossPercent))
        {
            at += DelayOf(from, to) + DelayOf(to, from);
        }

        connection.LastProgress = connection.NextAt is null ? now : connection.LastProgress;
        connection.Send(fromClient ? 1 : 0, at, SimConnectionEventKind.Datagram, datagram.ToArray());
    }

    /// <summary>One end closes; the other one is told.</summary>
    public void Close(SimConnection connection, bool byClient, MonoTime now)
    {
        if (!connection.IsOver)
        {
            var (from, to) = byClient ? (connection.Client, connection.Server) : (connection.Server, connection.Client);
            connection.LastProgress = connection.NextAt is null ? now : connection.LastProgress;
            connection.Send(byClient ? 1 : 0, now + DelayOf(from, to), SimConnectionEventKind.Closed, []);
        }
    }

    /// <summary>Takes the next thing that has happened by now. Call until it returns false.</summary>
    public bool TryTake(MonoTime now, out SimConnectionEvent happened)
    {
        happened = default;
        for (var i = 0; i < _connections.Count; i++)
        {
            var connection = _connections[i];
            while (connection.DueAt(now) is { } end)
            {
                if (!Passes(connection, end))
                {
                    if (now - connection.LastProgress < Patience)
                    {
                        connection.Postpone(end, now + Repeat);
                        continue;
                    }

                    connection.IsOver = true;
                    _connections.RemoveAt(i);
                    happened = new SimConnectionEvent(connection, end == 0, SimConnectionEventKind.Closed, []);
                    _ended.Enqueue(new SimConnectionEvent(connection, end != 0, SimConnectionEventKind.Closed, []));
                    return true;
                }

                var (kind, bytes) = connection.Take(end, now);
                if (kind == SimConnectionEventKind.Closed)
                {
                    connection.IsOver = true;
                    _connections.RemoveAt(i);
                }

                happened = new SimConnectionEvent(connection, end == 0, kind, bytes);
                return true;
            }
        }

        return _ended.TryDequeue(out happened);
    }

    private bool Passes(SimConnection connection, int end)
    {
        var (from, to) = end == 1
            ? (connection.Client.Place.Site, connection.Server.Place.Site)
            : (connection.Server.Place.Site, connection.Client.Place.Site);
        var isSame = false;
        foreach (var (address, _) in connection.Client.Interfaces)
        {
            isSame |= address == connection.ClientAddress;
        }

        // Acknowledgements have to come back.
        return isSame && !_internet.Sites.IsCut(from, to) && !_internet.Sites.IsCut(to, from);
    }

    private TimeSpan DelayOf(SimHost from, SimHost to) => _internet.Sites.LinkOf(from.Place.Site, to.Place.Site).LatencyMin;
}
