using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;
using MeshActors.Transport.Io;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Round trips over plain UDP with the threads of an engine: the program's thread hands each datagram to the
/// thread of the socket by the engine's own inbox and its wake-up, and is woken by that thread when it has come back.</summary>
internal sealed class UdpEchoClient : ILoadSide
{
    private const int WaitMs = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BatchSocket _socket;
    private readonly EngineInbox _inbox;
    private readonly SemaphoreSlim _replied = new(0);
    private readonly Thread _thread;
    private byte[] _target = [];
    private volatile bool _ending;

    public UdpEchoClient(IPAddress address)
    {
        _socket = new BatchSocket(new IPEndPoint(address, 0));
        _inbox = new EngineInbox(_socket.Wake);
        _thread = new Thread(Drive) { IsBackground = true };
    }

    public LoadCounters Counters => default;

    public ChildAnswer Open(ChildCommand command)
    {
        _target = BatchSocket.WriteAddress(IPEndPoint.Parse(command.Target));
        _thread.Start();
        return new ChildAnswer();
    }

    public void Begin(ChildCommand command)
    {
    }

    public void End()
    {
    }

    public Latencies RoundTrips(ChildCommand command)
    {
        var message = GC.AllocateArray<byte>(command.Size, pinned: true);
        return LatencyRecord.Measure(command.Seconds, () =>
        {
            // One that is lost is asked again: it counts as one long round trip.
            do
            {
                _inbox.Add(new EngineCommand(EngineCommandKind.Send, null, message));
            }
            while (!_replied.Wait(Patience));
        });
    }

    public void Dispose()
    {
        _ending = true;
        _socket.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _socket.Dispose();
        _replied.Dispose();
    }

    private void Drive()
    {
        while (!_ending)
        {
            while (_inbox.TryTake(out var command))
            {
                _socket.TrySend(command.Message.Span, command.Message.Length, _target);
            }

            var slots = _socket.Receive();
            if (slots > 0)
            {
                _replied.Release();
            }
            else if (_inbox.TrySleep())
            {
                _socket.Wait(WaitMs);
                _inbox.Awake();
            }
        }
    }
}
