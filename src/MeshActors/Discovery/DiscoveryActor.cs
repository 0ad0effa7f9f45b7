using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Discovery;

/// <summary>The node's side of all directories, <c>/user/mesh/discovery</c>: one child per backbone publishes and asks there.</summary>
/// <remarks>
/// Every change of the node's descriptors makes a record with a higher sequence, which all children publish at once.
/// Sequences follow wall time in milliseconds, so they grow over restarts. A question goes to all backbones; what they say
/// is merged. A child that fails is restarted alone, with the record published last.
/// </remarks>
internal sealed class DiscoveryActor : UntypedActor, IWithTimers
{
    /// <summary>Questions waiting for backbones; one more is answered at once as if none were there.</summary>
    private const int MaxOpenQuestions = 4_096;

    /// <summary>Children answer within the question's deadline; this is for one that failed meanwhile.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the node is asked at which relays it has leases.</summary>
    private static readonly TimeSpan LeasesInterval = TimeSpan.FromSeconds(1);

    private readonly DiscoverySettings _settings;
    private readonly Func<PeerRecord> _self;
    private readonly DirectoryConnector _connect;
    private readonly Clock _clock;
    private readonly IRandomSource _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _links = [];
    private readonly Dictionary<string, BackboneLinkStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<long, OpenQuestion> _questions = [];
    private readonly HashSet<string> _staying = new(StringComparer.Ordinal);
    private readonly Func<Task<ImmutableArray<MeshAddress>>>? _leases;
    private ImmutableArray<MeshAddress> _relays = [];
    private ImmutableArray<CapabilityDescriptor>? _descriptors;
    private IActorRef? _leaver;
    private ulong _sequence;
    private long _nextToken;

    public DiscoveryActor(
        DiscoverySettings settings,
        Func<PeerRecord> self,
        DirectoryConnector connect,
        Clock clock,
        IRandomSource random,
        Func<Task<ImmutableArray<MeshAddress>>>? leases = null)
    {
        _leases = leases;
        _settings = settings;
        _self = self;
        _connect = connect;
        _clock = clock;
        _random = random;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the actor.</summary>
    /// <param name="settings">The backbones.</param>
    /// <param name="self">The node as others can dial it; asked at every change.</param>
    /// <param name="connect">Opens streams.</param>
    /// <param name="clock">Time.</param>
    /// <param name="random">Chance, for the jitter.</param>
    /// <param name="leases">Says at which relays the node has leases; asked every second. Null: at none.</param>
    public static Props Props(
        DiscoverySettings settings,
        Func<PeerRecord> self,
        DirectoryConnector connect,
        Clock clock,
        IRandomSource random,
        Func<Task<ImmutableArray<MeshAddress>>>? leases = null) =>
        Akka.Actor.Props.Create(() => new DiscoveryActor(settings, self, connect, clock, random, leases));

    protected override void PreStart()
    {
        foreach (var backbone in _settings.Backbones)
        {
            _links.Add(Context.ActorOf(
                BackboneLinkActor.Props(backbone, _settings.Lease, _connect, _clock, _random), backbone.Name));
        }

        if (_leases is not null && _links.Count > 0)
        {
            Self.Tell(LeasesDue.Instance);
        }
    }

    /// <summary>The next incarnation finds the descriptors in its mailbox.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (_descriptors is { } descriptors)
        {
            Self.Tell(new Recall(descriptors));
        }

        base.PreRestart(reason, message);
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(cause => Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LeaveDirectories leave:
                HandleLeave(leave);
                break;
            case DescriptorsChanged changed:
                _descriptors = changed.Descriptors;
                Publish();
                break;
            case Recall recall:
                if (_descriptors is null)
                {
                    _descriptors = recall.Descriptors;
                    Publish();
                }

                break;
            case LeasesDue:
                _leases!().PipeTo(
                    Self, success: relays => new LeasesKnown(relays), failure: _ => new LeasesKnown(ImmutableArray<MeshAddress>.Empty));
                break;
            case LeasesKnown known:
                HandleLeases(known.Relays);
                break;
            case FindRecords find:
                HandleFind(find);
                break;
            case BackboneLinkActor.Answered answered when _questions.TryGetValue(answered.Token, out var question):
                question.Merge.HandleAnswer(answered.Matches, answered.Similar);
                EndIfComplete(answered.Token, question);
                break;
            case BackboneLinkActor.Silent silent when _questions.TryGetValue(silent.Token, out var question):
                question.Merge.HandleSilence();
                EndIfComplete(silent.Token, question);
                break;
            case BackboneLinkActor.Answered or BackboneLinkActor.Silent:
                break;
            case QuestionDue due when _questions.TryGetValue(due.Token, out var question):
                End(due.Token, question);
                break;
            case BackboneLinkActor.Happened happened:
                HandleEvent(happened);
                break;
            case BackboneLinkStatus status:
                HandleStatus(status);
                break;
            case DiscoveryStatusRequested:
                Sender.Tell(new DiscoveryStatus(
                    [.. _settings.Backbones.Select(b => _statuses.GetValueOrDefault(b.Name)).OfType<BackboneLinkStatus>()]));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Publish()
    {
        if (MakeRecord() is { } record)
        {
            foreach (var link in _links)
            {
                link.Tell(new BackboneLinkActor.Publish(record));
            }
        }
    }

    /// <summary>Peers reach this node over the relays that its record names.</summary>
    private void HandleLeases(ImmutableArray<MeshAddress> relays)
    {
        Timers.StartSingleTimer(LeasesDue.Instance, LeasesDue.Instance, LeasesInterval);
        if (!relays.SequenceEqual(_relays))
        {
            _relays = relays;
            Publish();
        }
    }

    private NodeRecord? MakeRecord()
    {
        if (_descriptors is not { } descriptors)
        {
            return null;
        }

        _sequence = Math.Max(_sequence + 1, (ulong)Math.Max(0, _clock.UtcNow.ToUnixTimeMilliseconds()));
        if (descriptors.Length > RecordLimits.MaxCapabilities)
        {
            _log.Warning(
                "This node offers {0} capabilities; the first {1} are published",
                descriptors.Length,
                RecordLimits.MaxCapabilities);
            descriptors = descriptors[..RecordLimits.MaxCapabilities];
        }

        return new NodeRecord(_self() with { Relays = _relays }, _settings.Region, _sequence, descriptors);
    }

    private void HandleFind(FindRecords find)
    {
        var merge = new RecordMerge(_questions.Count < MaxOpenQuestions ? _links.Count : 0);
        var question = new OpenQuestion(find.Question, Sender, merge);
        if (merge.IsComplete)
        {
            Answer(question);
            return;
        }

        var token = _nextToken++;
        _questions.Add(token, question);
        Timers.StartSingleTimer(token, new QuestionDue(token), DiscoverySettings.QuestionTimeout + Grace);
        foreach (var link in _links)
        {
            link.Tell(new BackboneLinkActor.Ask(
                token, find.Question, _clock.Now + DiscoverySettings.QuestionTimeout));
        }
    }

    private void EndIfComplete(long token, OpenQuestion question)
    {
        if (question.Merge.IsComplete)
        {
            Timers.Cancel(token);
            End(token, question);
        }
    }

    private void End(long token, OpenQuestion question)
    {
        _questions.Remove(token);
        Answer(question);
    }

    private static void Answer(OpenQuestion question) => question.Asker.Tell(new RecordsFound(
        question.Question, question.Merge.ToMatches(), question.Merge.Similar, question.Merge.IsAnswered));

    private void HandleLeave(LeaveDirectories leave)
    {
        _leaver = Sender;
        _staying.UnionWith(_settings.Backbones.Select(backbone => backbone.Name));
        foreach (var link in _links)
        {
            link.Tell(leave);
        }

        TellIfLeft();
    }

    private void TellIfLeft()
    {
        if (_staying.Count == 0)
        {
            _leaver?.Tell(DirectoriesLeft.Instance);
            _leaver = null;
        }
    }

    private void HandleEvent(BackboneLinkActor.Happened happened)
    {
        switch (happened.Event)
        {
            case LeaseGranted granted:
                Context.System.EventStream.Publish(new Registered(happened.Backbone, granted.Observed));
                break;
            case LeaseRefused { Code: Wire.DirectoryRefusalCode.AddressTaken }:
                _log.Error("Backbone {0} says that another root key holds this node's address", happened.Backbone);
                Context.System.EventStream.Publish(new AddressTaken(happened.Backbone));
                break;
            case LeaseRefused refused:
                _log.Warning("Backbone {0} does not take this node's record: {1}", happened.Backbone, refused.Code);
                Context.System.EventStream.Publish(new RegistrationRefused(happened.Backbone, refused.Code));
                break;
            case SequenceBehind behind:
                // The clock was set back since the record there was made, or its lease outlived this process.
                _sequence = Math.Max(_sequence, Math.Min(behind.Sequence, ulong.MaxValue - 1));
                Publish();
                break;
            case DirectoryLeft:
                _staying.Remove(happened.Backbone);
                TellIfLeft();
                break;
            case BackboneAway:
                Context.System.EventStream.Publish(new BackboneLost(happened.Backbone));
                break;
        }
    }

    private void HandleStatus(BackboneLinkStatus status)
    {
        var before = _statuses.GetValueOrDefault(status.Backbone);
        _statuses[status.Backbone] = status;
        if (status.IsRegistered && before?.IsRegistered != true)
        {
            _log.Info("Registered at backbone {0}", status.Backbone);
        }
        else if (before?.Connected == true && !status.Connected)
        {
            _log.Warning("Backbone {0} is away; work goes on from what this node remembers", status.Backbone);
        }
    }

    private sealed record OpenQuestion(RecordQuestion Question, IActorRef Asker, RecordMerge Merge);

    private sealed record QuestionDue(long Token);

    private sealed record LeasesDue
    {
        public static readonly LeasesDue Instance = new();
    }

    private sealed record LeasesKnown(ImmutableArray<MeshAddress> Relays) : INoSerializationVerificationNeeded;

    private sealed record Recall(ImmutableArray<CapabilityDescriptor> Descriptors) : INoSerializationVerificationNeeded;
}
