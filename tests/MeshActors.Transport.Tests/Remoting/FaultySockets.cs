using System;
using System.Collections.Immutable;
using System.Threading;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Real sockets that lose some of what is sent, or all of it for a while.</summary>
internal sealed class FaultySockets : IDatagramSockets
{
    private readonly IDatagramSockets _sockets;
    private readonly Network _network;
    private readonly SimRandom _random;

    public FaultySockets(IDatagramSockets sockets, Network network)
    {
        _sockets = sockets;
        _network = network;
        _random = new SimRandom(1);
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints => _sockets.LocalEndpoints;

    public SocketFacts Facts => _sockets.Facts;

    public bool TryReceive(out DatagramRun run) => _sockets.TryReceive(out run);

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        var sent = 0;
        for (var rest = run; !rest.IsEmpty; rest = rest[Math.Min(segmentBytes, rest.Length)..], sent++)
        {
            if (_network.Loses(_random))
            {
                continue;
            }

            var datagram = rest[..Math.Min(segmentBytes, rest.Length)];
            if (_sockets.Send(datagram, datagram.Length, to, ecn) < 1)
            {
                break;
            }
        }

        return sent;
    }

    public void Wait(TimeSpan timeout) => _sockets.Wait(timeout);

    public void Wake() => _sockets.Wake();

    public void Dispose() => _sockets.Dispose();

    /// <summary>What happens to datagrams between the systems of a test.</summary>
    internal sealed class Network
    {
        private volatile int _lossPercent;

        private long _lost;

        public int LossPercent
        {
            get => _lossPercent;
            set => _lossPercent = value;
        }

        public long Lost => Interlocked.Read(ref _lost);

        public bool Loses(SimRandom random)
        {
            if (!random.Chance(_lossPercent))
            {
                return false;
            }

            Interlocked.Increment(ref _lost);
            return true;
        }
    }
}
