using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Tests.Hosting;

/// <summary>Sockets that hear nothing of one port until they are told to: their node's handshakes with it arrive and are answered in vain.</summary>
internal sealed class HalfDeafSockets : IDatagramSockets
{
    private readonly IDatagramSockets _sockets;
    private readonly Deafness _deafness;

    public HalfDeafSockets(IDatagramSockets sockets, Deafness deafness)
    {
        _sockets = sockets;
        _deafness = deafness;
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints => _sockets.LocalEndpoints;

    public SocketFacts Facts => _sockets.Facts;

    public bool TryReceive(out DatagramRun run)
    {
        while (_sockets.TryReceive(out run))
        {
            if (!_deafness.Swallows(run.From.Port))
            {
                return true;
            }
        }

        return false;
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn) =>
        _sockets.Send(run, segmentBytes, to, ecn);

    public void Wait(TimeSpan timeout) => _sockets.Wait(timeout);

    public void Wake() => _sockets.Wake();

    public void Dispose() => _sockets.Dispose();

    /// <summary>Which port is not heard, and how often it spoke meanwhile.</summary>
    internal sealed class Deafness
    {
        private volatile int _port;
        private int _swallowed;

        /// <summary>Completes when two runs of datagrams were not heard.</summary>
        public TaskCompletionSource SpokenTwice { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>From now on this port is not heard; 0 is none.</summary>
        public int Port
        {
            get => _port;
            set => _port = value;
        }

        public bool Swallows(int port)
        {
            if (port != _port)
            {
                return false;
            }

            if (Interlocked.Increment(ref _swallowed) == 2)
            {
                SpokenTwice.TrySetResult();
            }

            return true;
        }
    }
}
