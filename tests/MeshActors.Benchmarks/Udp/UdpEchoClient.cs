using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Round trips over plain UDP with the threads, sockets and waits of an engine.</summary>
/// <remarks>The program's thread hands each datagram to the sockets' thread by the engine's own inbox and its wake-up, and is woken by
/// that thread when it has come back.</remarks>
internal sealed class UdpEchoClient : ILoadSide
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly IDatagramSockets _sockets;
    private readonly EngineInbox _inbox;
    private readonly SemaphoreSlim _replied = new(0);
    private readonly Thread _thread;
    private UdpEndpoint _target;
    private volatile bool _ending;

    public UdpEchoClient(IPAddress address)
    {
        _sockets = NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(address, 0)]);
        _inbox = new EngineInbox(_sockets.Wake);
        _thread = new Thread(Drive) { IsBackground = true };
    }

    public LoadCounters Counters => default;

    public ChildAnswer Open(ChildCommand command)
    {
        _target = UdpEndpoint.From(IPEndPoint.Parse(command.Target));
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
        var message = new byte[command.Size];
        return LatencyRecord.Measure(command.Seconds, () =>
        {
            // One that is lost is asked again: it counts as one long round trip.
            do
            {
                _inbox.Add(new EngineCommand(EngineCommandKind.Send, null, message));
            }
            while (!_replied.Wait(LongestWait));
        });
    }

    public void Dispose()
    {
        _ending = true;
        _sockets.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _sockets.Dispose();
        _replied.Dispose();
    }

    private void Drive()
    {
        while (!_ending)
        {
            while (_sockets.TryReceive(out _))
            {
                _replied.Release();
            }

            while (_inbox.TryTake(out var command))
            {
                _sockets.Send(command.Message.Span, command.Message.Length, _target, EcnMark.NotCapable);
            }

            if (_inbox.TrySleep())
            {
                _sockets.Wait(LongestWait);
                _inbox.Awake();
            }
        }
    }
}
