using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Discovery;

/// <summary>The conversation with one backbone, <c>/user/mesh/discovery/&lt;name&gt;</c>: does what its <see cref="RegistrationClient"/> asks for.</summary>
internal sealed class BackboneLinkActor : UntypedActor, IWithTimers
{
    private readonly BackboneSettings _settings;
    private readonly DirectoryConnector _connect;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RegistrationClient _client;
    private readonly Dictionary<ulong, long> _tokens = [];
    private readonly Queue<ReadOnlyMemory<byte>> _unsent = new();
    private IDirectoryStream? _stream;
    private IDirectoryStream? _endedEarly;
    private NodeRecord? _published;
    private BackboneLinkStatus _told;

    public BackboneLinkActor(
        BackboneSettings settings, TimeSpan lease, DirectoryConnector connect, Clock clock, IRandomSource random)
    {
        _settings = settings;
        _connect = connect;
        _clock = clock;
        _client = new RegistrationClient(lease, random, clock.Now);
        _told = new BackboneLinkStatus(settings.Name, Connected: false, IsRegistered: false);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        BackboneSettings settings, TimeSpan lease, DirectoryConnector connect, Clock clock, IRandomSource random) =>
        Akka.Actor.Props.Create(() => new BackboneLinkActor(settings, lease, connect, clock, random));

    protected override void PreStart()
    {
        Context.Parent.Tell(_told);
        _client.HandleTimeout(_clock.Now);
        Drive();
    }

    /// <summary>The next incarnation finds the record in its mailbox.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _stream?.Reset(DirectoryStreamCode.Superseded);
        _stream = null;
        if (_published is not null)
        {
            Self.Tell(new Publish(_published));
        }

        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _stream?.Finish();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Publish publish:
                HandlePublish(publish.Record);
                break;
            case Ask ask:
                HandleAsk(ask);
                break;
            case LeaveDirectories:
                _client.HandleLeaving(_clock.Now);
                break;
            case DirectoryMessageArrived arrived when arrived.Stream == _stream:
                HandleMessage(arrived);
                break;
            case DirectoryMessageArrived arrived:
                arrived.Stream.Release(arrived.Bytes.Length);
                break;
            case DirectoryStreamWritable writable when writable.Stream == _stream:
                break;
            case DirectoryStreamWritable:
                return;
            case DirectoryStreamEnded ended:
                HandleEnded(ended.Stream);
                break;
            case Connected connected:
                HandleConnected(connected.Stream);
                break;
            case ConnectFailed failed:
                _log.Debug("Backbone {0} cannot be reached: {1}", _settings.Name, failed.Cause.Message);
                _client.HandleConnectFailed(_clock.Now);
                break;
            case TimeoutDue:
                _client.HandleTimeout(_clock.Now);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drive();
    }

    private void HandlePublish(NodeRecord record)
    {
        if (record.Sequence <= _published?.Sequence)
        {
            return;
        }

        _published = record;
        _client.HandlePublished(
            record with { Capabilities = record.Capabilities.RemoveAll(offer => !_settings.Publishes(offer)) },
            _clock.Now);
    }

    private void HandleAsk(Ask ask)
    {
        if (_client.Ask(ask.Question, RecordLimits.MaxMatches, ask.Deadline) is { } question)
        {
            _tokens.Add(question, ask.Token);
        }
        else
        {
            Context.Parent.Tell(new Silent(ask.Token));
        }
    }

    private void HandleMessage(DirectoryMessageArrived arrived)
    {
        arrived.Stream.Release(arrived.Bytes.Length);
        if (DirectoryFraming.TryRead(arrived.Bytes, out Wire.DirectoryReply? reply))
        {
            _client.HandleReply(reply, _clock.Now);
            return;
        }

        _log.Warning("Backbone {0} sent what is no directory message", _settings.Name);
        arrived.Stream.Reset(DirectoryStreamCode.Malformed);
    }

    private void HandleConnected(IDirectoryStream stream)
    {
        if (_stream is not null)
        {
            stream.Reset(DirectoryStreamCode.Superseded);
        }
        else if (stream == _endedEarly)
        {
            _client.HandleConnectFailed(_clock.Now);
        }
        else
        {
            _stream = stream;
            _client.HandleConnected(_clock.Now);
        }

        _endedEarly = null;
    }

    private void HandleEnded(IDirectoryStream stream)
    {
        if (stream != _stream)
        {
            _endedEarly = stream;
            return;
        }

        DropStream();
        _client.HandleDisconnected(_clock.Now);
    }

    private void DropStream()
    {
        _stream = null;
        _unsent.Clear();
    }

    /// <summary>Does what the machine asks for, until it asks for nothing more.</summary>
    private void Drive()
    {
        if (_client.PollDisconnect() && _stream is not null)
        {
            _stream.Reset(DirectoryStreamCode.Superseded);
            DropStream();
        }

        if (_client.PollConnect())
        {
            _connect(_settings, Self, DiscoverySettings.ConnectTimeout).PipeTo(
                Self, success: stream => new Connected(stream), failure: cause => new ConnectFailed(cause));
        }

        // At most as many as may be in flight wait here: each is answered, or its stream is dropped.
        while (_client.PollRequest(out var request))
        {
            _unsent.Enqueue(request!.ToByteArray());
        }

        while (_stream is not null && _unsent.TryPeek(out var bytes) && _stream.TrySend(bytes))
        {
            _unsent.Dequeue();
        }

        while (_client.PollEvent(out var happened))
        {
            Tell(happened!);
        }

        var status = new BackboneLinkStatus(_settings.Name, _client.IsConnected, _client.IsRegistered);
        if (status != _told)
        {
            _told = status;
            Context.Parent.Tell(status);
        }

        if (_client.NextTimeout is { } deadline)
        {
            var delay = deadline - _clock.Now;
            Timers.StartSingleTimer(
                TimeoutDue.Instance, TimeoutDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private void Tell(RegistrationEvent happened)
    {
        switch (happened)
        {
            case QuestionAnswered answered when _tokens.Remove(answered.Question, out var token):
                Context.Parent.Tell(new Answered(token, answered.Matches, answered.Similar));
                break;
            case QuestionFailed failed when _tokens.Remove(failed.Question, out var token):
                Context.Parent.Tell(new Silent(token));
                break;
            default:
                Context.Parent.Tell(new Happened(_settings.Name, happened));
                break;
        }
    }

    /// <summary>The node's record is this.</summary>
    internal sealed record Publish(NodeRecord Record) : INoSerializationVerificationNeeded;

    /// <summary>Asks the backbone; answered by <see cref="Answered"/> or <see cref="Silent"/> with the same token.</summary>
    internal sealed record Ask(long Token, RecordQuestion Question, MonoTime Deadline)
        : INoSerializationVerificationNeeded;

    internal sealed record Answered(long Token, ImmutableArray<RecordMatch> Matches, ImmutableArray<string> Similar)
        : INoSerializationVerificationNeeded;

    internal sealed record Silent(long Token);

    /// <summary>Something that is not about a question.</summary>
    internal sealed record Happened(string Backbone, RegistrationEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Connected(IDirectoryStream Stream) : INoSerializationVerificationNeeded;

    private sealed record ConnectFailed(Exception Cause);

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
