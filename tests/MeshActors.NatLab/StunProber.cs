using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.LinkLab.Linux;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab;

/// <summary>Lets the project's own discovery find out how a way to the internet behaves, from the project's own STUN server.</summary>
internal sealed class StunProber : IDisposable
{
    private const int PrimaryPort = 3_578;
    private const int OtherPort = 3_579;
    private const int ClientSockets = 10;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly StunServerEndpoints _endpoints = new(
        UdpEndpoint.From(LabInternet.Servers[0], PrimaryPort), UdpEndpoint.From(LabInternet.Servers[1], OtherPort));

    private readonly List<(StunSocket Number, LabSocket Socket)> _servers = [];
    private readonly List<LabSocket> _clients = [];
    private readonly StunServer _server;
    private readonly Clock _clock;
    private readonly byte[] _received = new byte[StunMessage.MaxSize];
    private readonly byte[] _buffer = new byte[StunMessage.MaxSize];

    public StunProber(LabInternet internet, NetworkNamespace place, Clock clock)
    {
        _clock = clock;
        _server = new StunServer(new StunServerSettings { Endpoints = _endpoints });
        for (var number = StunSocket.Primary; number <= StunSocket.OtherBoth; number++)
        {
            var at = _endpoints.At(number);
            _servers.Add((number, internet.Serve(at.ToIPAddress(), at.Port)));
        }

        for (var i = 0; i < ClientSockets; i++)
        {
            _clients.Add(LabSocket.Open(place));
        }
    }

    private MonoTime Now => _clock.Now;

    /// <summary>Plays a discovery to its end: four seconds behind what filters, less elsewhere.</summary>
    public NatBehaviour Discover(UdpEndpoint hostAddress)
    {
        var sockets = _clients.Select(client => hostAddress with { Port = (ushort)client.Local.Port });
        var discovery = new BehaviourDiscovery(new([_endpoints.Primary], [.. sockets]), SystemRandomSource.Instance, Now);
        while (!discovery.IsOver)
        {
            while (discovery.PollTransmit(_buffer, out var socket, out var to, Now) is > 0 and var length)
            {
                _clients[socket].TrySend(to.ToIPEndPoint(), _buffer.AsSpan(0, length));
            }

            if (!Serve() && !Hear(discovery))
            {
                var due = discovery.NextTimeout is { } at ? at - Now : LongestWait;
                LabSocket.Wait([.. _servers.Select(server => server.Socket), .. _clients], due < LongestWait ? due : LongestWait);
            }

            discovery.HandleTimeout(Now);
        }

        return discovery.Behaviour;
    }

    public void Dispose()
    {
        foreach (var socket in _servers.Select(server => server.Socket).Concat(_clients))
        {
            socket.Dispose();
        }
    }

    /// <returns>True when anything came to the server.</returns>
    private bool Serve()
    {
        var any = false;
        foreach (var (number, socket) in _servers)
        {
            while (socket.TryReceive(_received, out var length, out var from))
            {
                any = true;
                var verdict = _server.HandleDatagram(
                    number, UdpEndpoint.From(from), _received.AsSpan(0, length), Now, _buffer, out var answer);
                if (verdict == StunVerdict.Answered)
                {
                    var leaves = _servers.Single(server => server.Number == answer.Socket).Socket;
                    leaves.TrySend(answer.To.ToIPEndPoint(), _buffer.AsSpan(0, answer.Length));
                }
            }
        }

        return any;
    }

    /// <returns>True when anything came to the host.</returns>
    private bool Hear(BehaviourDiscovery discovery)
    {
        var any = false;
        for (var i = 0; i < _clients.Count; i++)
        {
            while (_clients[i].TryReceive(_received, out var length, out var from))
            {
                any = true;
                discovery.HandleDatagram(i, UdpEndpoint.From(from), _received.AsSpan(0, length), Now);
            }
        }

        return any;
    }
}
