using System;
using System.Collections.Generic;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using MeshActors.Discovery;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Backbone;

/// <summary>The directory as an actor, <c>/user/mesh/backbone</c>: reads requests off streams, sends replies, ends leases.</summary>
/// <remarks>
/// A node has one stream; a further one takes its place. Replies that find no room wait, at most
/// <see cref="RecordLimits.MaxInFlight"/> of a stream, beyond that the stream is reset.
/// </remarks>
internal sealed class BackboneActor : UntypedActor, IWithTimers
{
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RecordTable _table;
    private readonly DirectoryService _service;
    private readonly Dictionary<RootKey, DirectorySession> _sessions = [];
    private MonoTime? _armedFor;

    public BackboneActor(RecordTableSettings settings, Clock clock, IRandomSource random)
    {
        _clock = clock;
        _table = new RecordTable(settings, random);
        _service = new DirectoryService(_table);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RecordTableSettings settings, Clock clock, IRandomSource random) =>
        Akka.Actor.Props.Create(() => new BackboneActor(settings, clock, random));

    protected override void PreStart() => _log.Info("Backbone started with an empty directory");

    protected override void PostStop()
    {
        foreach (var session in _sessions.Values)
        {
            session.Stream.Finish();
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DirectoryMessageArrived arrived:
                HandleMessage(arrived);
                break;
            case DirectoryStreamWritable writable when FindSession(writable.Stream) is { } session:
                session.Flush();
                break;
            case DirectoryStreamWritable:
                break;
            case DirectoryStreamOpened opened:
                HandleOpened(opened.Stream);
                break;
            case DirectoryStreamEnded ended when FindSession(ended.Stream) is not null:
                _sessions.Remove(ended.Stream.Peer.Root);
                break;
            case DirectoryStreamEnded:
                break;
            case LeaseDue:
                _armedFor = null;
                _table.HandleTimeout(_clock.Now);
                break;
            case BackboneStatusRequested:
                Sender.Tell(new BackboneStatus(_table.Count, _sessions.Count));
                break;
            default:
                Unhandled(message);
                return;
        }

        ArmTimer();
    }

    private void HandleOpened(IDirectoryStream stream)
    {
        if (_sessions.Remove(stream.Peer.Root, out var older))
        {
            older.Stream.Reset(DirectoryStreamCode.Superseded);
        }

        _sessions.Add(stream.Peer.Root, new DirectorySession(stream));
        _log.Debug("Node {0} has opened its directory stream", stream.Peer.Address);
    }

    private void HandleMessage(DirectoryMessageArrived arrived)
    {
        arrived.Stream.Release(arrived.Bytes.Length);
        if (FindSession(arrived.Stream) is not { } session)
        {
            return;
        }

        if (arrived.Bytes.Length > RecordLimits.MaxRequestBytes
            || !DirectoryFraming.TryRead(arrived.Bytes, out DirectoryRequest? request))
        {
            arrived.Stream.Reset(DirectoryStreamCode.Malformed);
            return;
        }

        var reply = _service.Answer(request, session.Stream.Peer, _clock.Now, _clock.UtcNow);
        if (reply.Refusal is { } refusal)
        {
            _log.Debug("Refused a request of {0}: {1}", session.Stream.Peer.Address, refusal.Code);
        }

        if (!session.Send(reply.ToByteArray()))
        {
            session.Stream.Reset(DirectoryStreamCode.TooMuch);
        }
    }

    private DirectorySession? FindSession(IDirectoryStream stream) =>
        _sessions.TryGetValue(stream.Peer.Root, out var session) && session.Stream == stream ? session : null;

    /// <summary>One timer for the lease that ends next; beats only move ends away, so most calls find it armed.</summary>
    private void ArmTimer()
    {
        var next = _table.NextTimeout;
        if (next is null || (_armedFor is { } armed && armed <= next))
        {
            return;
        }

        _armedFor = next;
        var delay = next.Value - _clock.Now;
        Timers.StartSingleTimer(LeaseDue.Instance, LeaseDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
    }

    private sealed record LeaseDue
    {
        public static readonly LeaseDue Instance = new();
    }
}
