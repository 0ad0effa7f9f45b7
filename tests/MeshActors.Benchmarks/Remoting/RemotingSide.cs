using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>An actor system that answers, or asks another one; for the ping pong both in one process, as Akka.NET's own benchmark has them.</summary>
internal sealed class RemotingSide : ILoadSide
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly RemotingKind _kind;
    private readonly IPAddress _address;
    private readonly List<IActorRef> _actors = [];
    private readonly HeartbeatLog _heartbeats = new(RemotingSystem.HeartbeatInterval);
    private RemotingSystem? _system;
    private RemotingSystem? _clients;
    private Address? _peer;
    private string _secret = string.Empty;
    private BulkCount _bulk = new();
    private PingPongCount[] _pingPong = [];
    private (IActorRef Source, Task Ended)? _source;

    public RemotingSide(RemotingKind kind, IPAddress address)
    {
        _kind = kind;
        _address = address;
    }

    public LoadCounters Counters => new(
        _bulk.Bytes,
        _bulk.Messages + (2 * _pingPong.Sum(count => count.Came)),
        Packets: 0,
        PacketBytes: 0,
        _bulk.Faults + _pingPong.Sum(count => count.Faults),
        DriverAllocatedBytes: 0);

    public ChildAnswer Open(ChildCommand command)
    {
        _secret = command.Secret;
        _system = RemotingSystem.Start(_kind, _address, _secret);
        _system.Actors.ActorOf(Props.Create(() => new EchoActor()), EchoActor.Name);
        _peer = command.Target.Length > 0 ? Address.Parse(command.Target) : null;
        return new ChildAnswer { Endpoint = _system.Address.ToString() };
    }

    public void Begin(ChildCommand command)
    {
        switch (command.Load)
        {
            case LoadKind.PingPong:
                BeginPingPong(command.Count);
                break;
            case LoadKind.OneWay when _peer is null:
                BeginSink(command.Size);
                break;
            case LoadKind.OneWay:
                BeginSource((sink, ended) => Props.Create(() => new BulkSource(sink, command.Size, ended)));
                break;
            case LoadKind.Heartbeats:
                BeginWatching(_peer ?? Address.Parse(command.Target));
                if (_peer is null)
                {
                    BeginSink(command.Size);
                }
                else
                {
                    BeginSource((sink, ended) => Props.Create(() => new PacedSource(sink, command.Size, command.BytesPerSecond, ended)));
                }

                break;
            default:
                break;
        }
    }

    public void End()
    {
        if (_source is { } source)
        {
            source.Source.Tell(BulkSource.End);
            source.Ended.Wait(Patience);
            _source = null;
        }

        Array.ForEach(_pingPong, count => count.End());
        for (var before = -1L; Counters.Messages is var now && now != before; before = now)
        {
            // What is under way still comes.
            Thread.Sleep(Look);
        }

        _actors.ForEach(actor => actor.GracefulStop(Patience).Wait());
        _actors.Clear();
    }

    public Latencies RoundTrips(ChildCommand command)
    {
        var echo = Find(_system!, _peer!, EchoActor.Name);
        var message = new MessagePattern(command.Size).Message(0);
        return LatencyRecord.Measure(command.Seconds, () =>
        {
            if (!echo.Ask<byte[]>(message, Patience).GetAwaiter().GetResult().AsSpan().SequenceEqual(message))
            {
                throw new BenchException("What came back is not what was sent.");
            }
        });
    }

    /// <summary>How late the answers to heartbeats come, for some seconds.</summary>
    public Latencies Heartbeats(ChildCommand command)
    {
        AwaitHeartbeats();
        _heartbeats.Begin();
        Thread.Sleep(TimeSpan.FromSeconds(command.Seconds));
        AwaitHeartbeats();
        return _heartbeats.Lateness();
    }

    public void Dispose()
    {
        _clients?.Dispose();
        _system?.Dispose();
    }

    private void BeginPingPong(int clients)
    {
        _clients ??= RemotingSystem.Start(_kind, _address, _secret);
        var counts = Enumerable.Range(0, clients).Select(_ => new PingPongCount()).ToArray();
        var actors = counts.Select((count, i) =>
        {
            Add(_system!, Props.Create(() => new EchoActor()), $"{EchoActor.Name}{i}");
            var echo = Find(_clients, _system!.Address, $"{EchoActor.Name}{i}");
            return Add(_clients, Props.Create(() => new PingPongActor(echo, count)), $"client{i}");
        }).ToList();
        _pingPong = counts;
        actors.ForEach(actor => actor.Tell(PingPongActor.Begin));
    }

    private void AwaitHeartbeats()
    {
        var begin = Stopwatch.GetTimestamp();
        while (_heartbeats.Count < 2 && Stopwatch.GetElapsedTime(begin) < Patience)
        {
            Thread.Sleep(Look);
        }
    }

    private void BeginSink(int size)
    {
        _bulk = new BulkCount();
        Add(_system!, Props.Create(() => new BulkSink(_bulk, size)), BulkSink.Name);
    }

    private void BeginSource(Func<IActorRef, TaskCompletionSource, Props> propsOf)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = Find(_system!, _peer!, BulkSink.Name);
        _source = (Add(_system!, propsOf(sink, ended), BulkSink.Name), ended.Task);
    }

    private void BeginWatching(Address peer)
    {
        _heartbeats.Clear();
        var echo = Find(_system!, peer, EchoActor.Name);
        Add(_system!, Props.Create(() => new HeartbeatWatcher(echo, _heartbeats)), "watcher");
    }

    private IActorRef Add(RemotingSystem system, Props props, string name)
    {
        var actor = system.Actors.ActorOf(props, name);
        _actors.Add(actor);
        return actor;
    }

    private static IActorRef Find(RemotingSystem from, Address where, string name) =>
        from.Actors.ActorSelection(new RootActorPath(where) / "user" / name).ResolveOne(Patience).GetAwaiter().GetResult();
}
