using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Idle;

/// <summary>The other ends of many tunnels: a few thousand nodes on a few sockets, driven by one thread.</summary>
/// <remarks>
/// A datagram that names a connection goes to the node that drew its id. A first message names none: every node of its socket is
/// offered it, and all but one drop it by its MAC. So there is a socket for each <see cref="NodesPerSocket"/> nodes.
/// </remarks>
internal sealed class PeerFleet : ILoadSide
{
    /// <summary>Nodes of one process at most: each has keys of its own, and a process has 65,530 memory mappings.</summary>
    public const int MaxNodes = 2_500;

    private const int NodesPerSocket = 50;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);

    private readonly IPAddress _address;
    private readonly List<IDatagramSockets> _sockets = [];
    private readonly List<PeerNode> _nodes = [];
    private readonly byte[] _outbound = GC.AllocateArray<byte>(ushort.MaxValue, pinned: true);
    private readonly byte[] _copy = new byte[ushort.MaxValue];
    private FleetSecret? _secret;
    private Thread? _thread;
    private volatile bool _ending;

    public PeerFleet(IPAddress address)
    {
        _address = address;
    }

    public LoadCounters Counters => default;

    /// <summary>Makes as many nodes as the command counts; the answer names them all.</summary>
    public ChildAnswer Open(ChildCommand command)
    {
        _secret = FleetSecret.Parse(command.Secret);
        var trust = new TrustSettings(0, [_secret], []);
        var peers = new List<string>();
        Span<byte> certificate = stackalloc byte[NodeCertificate.Size];
        for (var i = 0; i < command.Count; i++)
        {
            if (i % NodesPerSocket == 0)
            {
                _sockets.Add(NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(_address, 0)]));
            }

            var node = new PeerNode(i, trust, _outbound);
            _nodes.Add(node);
            node.Certificate.Write(certificate);
            peers.Add($"{Convert.ToBase64String(certificate)}@{_sockets[^1].LocalEndpoints[0]}");
        }

        _thread = new Thread(Drive) { IsBackground = true };
        _thread.Start();
        return new ChildAnswer { Peers = peers };
    }

    public void Begin(ChildCommand command)
    {
    }

    public void End()
    {
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        _ending = true;
        _thread?.Join();
        _nodes.ForEach(node => node.Dispose());
        _sockets.ForEach(socket => socket.Dispose());
        _secret?.Dispose();
    }

    private void Drive()
    {
        var clock = Clock.System;
        while (!_ending)
        {
            var received = 0;
            for (var socket = 0; socket < _sockets.Count; socket++)
            {
                while (_sockets[socket].TryReceive(out var run))
                {
                    received++;
                    Handle(socket, run, clock);
                }
            }

            var now = clock.Now;
            for (var i = 0; i < _nodes.Count; i++)
            {
                _nodes[i].HandleTime(now, _sockets[i / NodesPerSocket], clock);
            }

            if (received == 0)
            {
                Thread.Sleep(Turn);
            }
        }
    }

    private void Handle(int socket, in DatagramRun run, Clock clock)
    {
        for (var i = 0; i < run.Count; i++)
        {
            var datagram = run[i];
            if (PacketHeader.TryRead(datagram, out _, out var connectionId, out _)
                || HandshakeMessage2.Check(datagram, out connectionId) is null)
            {
                var tag = TaggedRandom.TagOf(connectionId);
                if (tag < _nodes.Count)
                {
                    _nodes[tag].Handle(run.From, datagram, run.Ecn, _sockets[socket], clock);
                }

                continue;
            }

            foreach (var node in _nodes.Skip(socket * NodesPerSocket).Take(NodesPerSocket))
            {
                var copy = _copy.AsSpan(0, datagram.Length);
                datagram.CopyTo(copy);
                node.Handle(run.From, copy, run.Ecn, _sockets[socket], clock);
            }
        }
    }
}
