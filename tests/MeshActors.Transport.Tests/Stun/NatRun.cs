using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>Sockets of one host, a NAT or none before them, and STUN servers 20 ms away; carries what machines ask for in virtual time.</summary>
internal sealed class NatRun(SmallNat? nat, int sockets = 10)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<UdpEndpoint, (StunServer Server, StunServerEndpoints? Endpoints, StunSocket Socket)> _servers = [];
    private readonly PriorityQueue<(UdpEndpoint From, UdpEndpoint To, byte[] Bytes), (MonoTime At, long Order)> _inFlight = new();
    private long _sent;

    public UdpEndpoint[] Sockets { get; } =
        [.. Enumerable.Range(0, sockets).Select(i => new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC0A8_0102, (ushort)(5_000 + (i * 7))))];

    public MonoTime Now { get; private set; } = new(0);

    /// <summary>Percent of datagrams that are lost.</summary>
    public int LossPercent { get; init; }

    public SimRandom Random { get; init; } = new(1);

    public void AddServer(StunServerEndpoints endpoints)
    {
        var server = new StunServer(new() { Endpoints = endpoints });
        for (var socket = StunSocket.Primary; socket <= StunSocket.OtherBoth; socket++)
        {
            _servers[endpoints.At(socket)] = (server, endpoints, socket);
        }
    }

    public void AddServer(UdpEndpoint endpoint) =>
        _servers[endpoint] = (new StunServer(new()), null, StunSocket.Primary);

    /// <summary>Runs a discovery to its end.</summary>
    public BehaviourDiscovery Discover(params UdpEndpoint[] servers)
    {
        var discovery = new BehaviourDiscovery(new([.. servers], [.. Sockets]), Random, Now);
        Drive(discovery.PollTransmit, discovery.HandleDatagram, discovery.HandleTimeout, () => discovery.NextTimeout);
        return discovery;
    }

    /// <summary>Runs a search for the lifetime of mappings to its end.</summary>
    public BindingLifetime FindLifetime(UdpEndpoint server)
    {
        var lifetime = new BindingLifetime(server, holder: 0, asker: 1, Random, Now);
        Drive(lifetime.PollTransmit, lifetime.HandleDatagram, lifetime.HandleTimeout, () => lifetime.NextTimeout);
        return lifetime;
    }

    private void Drive(Poll poll, Take take, Action<MonoTime> handleTimeout, Func<MonoTime?> nextTimeout)
    {
        var buffer = new byte[StunMessage.MaxSize];
        while (nextTimeout() is { } due)
        {
            while (poll(buffer, out var socket, out var to, Now) is > 0 and var length)
            {
                LeaveHost(Sockets[socket], to, buffer[..length]);
            }

            due = nextTimeout() ?? due;
            Now = MonoTime.Latest(Now, _inFlight.TryPeek(out _, out var first) && first.At < due ? first.At : due);
            while (_inFlight.TryPeek(out var datagram, out first) && first.At <= Now)
            {
                _inFlight.Dequeue();
                Arrive(datagram.From, datagram.To, datagram.Bytes, take);
            }

            handleTimeout(Now);
        }
    }

    private void LeaveHost(UdpEndpoint socket, UdpEndpoint to, byte[] bytes)
    {
        var source = nat?.Out(socket, to, Now) ?? socket;
        if (to.Bits != nat?.Address.Bits || nat.TurnsBack)
        {
            Fly(source, to, bytes);
        }
    }

    private void Fly(UdpEndpoint source, UdpEndpoint to, byte[] bytes)
    {
        if (!Random.Chance(LossPercent))
        {
            _inFlight.Enqueue((source, to, bytes), (Now + Delay, _sent++));
        }
    }

    private void Arrive(UdpEndpoint source, UdpEndpoint to, byte[] bytes, Take take)
    {
        if (_servers.TryGetValue(to, out var at))
        {
            var buffer = new byte[StunMessage.MaxSize];
            if (at.Server.HandleDatagram(at.Socket, source, bytes, Now, buffer, out var answer) == StunVerdict.Answered)
            {
                Fly(at.Endpoints?.At(answer.Socket) ?? to, answer.To, buffer[..answer.Length]);
            }

            return;
        }

        var inside = nat is null ? to : nat.In(to, source, Now);
        var socket = inside is null ? -1 : Array.IndexOf(Sockets, inside.Value);
        if (socket >= 0)
        {
            take(socket, source, bytes, Now);
        }
    }

    internal delegate int Poll(Span<byte> destination, out int socket, out UdpEndpoint to, MonoTime now);

    internal delegate bool Take(int socket, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now);
}
