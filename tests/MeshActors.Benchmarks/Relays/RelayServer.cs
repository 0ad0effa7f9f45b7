using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Relays;

/// <summary>Our relay: its table behind the sockets of a node, in a loop as the engine's, without the tunnels that leases come through.</summary>
internal sealed class RelayServer : ILoadSide, ITunnelCount
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(100);

    private readonly SessionKeySlab _slab = new();
    private readonly DropCounters _drops = new();
    private readonly EngineCounters _counters = new();
    private readonly Clock _clock = new(TimeProvider.System);
    private readonly LinuxSockets _sockets;
    private readonly RelayTable _table;
    private Thread? _thread;
    private volatile bool _ending;

    /// <param name="address">What it binds.</param>
    public RelayServer(IPAddress address)
    {
        _sockets = new LinuxSockets([new IPEndPoint(address, 0)]);

        // A quota would measure itself.
        _table = new RelayTable(
            new RelaySettings { ClientRate = new RelayRate(10_000_000_000, 10_000_000) }, _slab, SystemRandomSource.Instance, _drops);
    }

    public LoadCounters Counters
    {
        get
        {
            var statistics = _table.Statistics;
            return new LoadCounters(statistics.ForwardedBytes, statistics.ForwardedFrames, statistics.ForwardedFrames, 0, 0, 0);
        }
    }

    /// <summary>Clients, told as tunnels are.</summary>
    public int OpenTunnels => _table.Statistics.Leases;

    /// <summary>Gives leases: each peer is the content of a request in base64 and an endpoint; each is answered by the content of the reply.</summary>
    public ChildAnswer Open(ChildCommand command)
    {
        var answers = new List<string>();
        var reply = new byte[RelayLeasedFrame.MaxContentSize];
        Span<byte> root = stackalloc byte[RootKey.Size];
        foreach (var peer in command.Peers)
        {
            var parts = peer.Split('@');
            if (parts.Length != 3 || !UdpEndpoint.TryParse(parts[2], out var endpoint))
            {
                throw new BenchException($"{peer} is no request for a lease.");
            }

            var address = MeshAddress.Parse(parts[0]);
            root.Clear();
            address.Write(root);
            var applicant = new RelayApplicant(address, RootKey.From(root), NodeRoles.Agent, true);
            var length = _table.HandleLeaseRequest(
                applicant, Convert.FromBase64String(parts[1]), endpoint, reply, _clock.Now);
            answers.Add(Convert.ToBase64String(reply.AsSpan(0, length)));
        }

        return new ChildAnswer { Endpoint = _sockets.LocalEndpoints[0].ToString(), Peers = answers };
    }

    public void Begin(ChildCommand command)
    {
        _ending = false;
        _thread = new Thread(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _sockets.Wake();
        _thread?.Join();
        _thread = null;
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    /// <summary>What was dropped so far, by reason.</summary>
    public IReadOnlyDictionary<string, long> Drops()
    {
        var drops = new Dictionary<string, long>();
        foreach (var (reason, count) in _drops.Snapshot())
        {
            drops.Add(reason.ToString(), count);
        }

        return drops;
    }

    public void Dispose()
    {
        End();
        _sockets.Dispose();
        _table.Dispose();
        _slab.Dispose();
    }

    private void Run()
    {
        var outbound = new OutboundBatch(_sockets, _counters, RelayBuffers.SlotSize);
        while (!_ending)
        {
            var now = _clock.Now;
            while (_sockets.TryReceive(out var run))
            {
                for (var i = 0; i < run.Count; i++)
                {
                    _table.HandleFrame(run[i], now);
                }
            }

            _table.HandleTimeout(now);
            var sent = 0;
            while (_table.PollTransmit(outbound.Room, out var to, now) is var length and > 0)
            {
                outbound.Add(length, to);
                sent++;
            }

            outbound.Flush();
            if (sent == 0)
            {
                _sockets.Wait(LongestSleep);
            }
        }
    }
}
