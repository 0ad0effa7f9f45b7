using System;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using MeshActors.Transport.Time;

namespace MeshActors.Clusters;

/// <summary>Brings the node into the cluster of its seed nodes; there until it is a member.</summary>
/// <remarks>
/// That it is there is what it says: the first seed asks the others who has this actor (Akka's <see cref="Identify"/>, so nothing of
/// our own is on the wire), and forms the cluster when <see cref="FormingQuorum"/> allows it.
/// </remarks>
internal sealed class SeedActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below <c>/system</c>, the same on every node.</summary>
    public const string Name = "mesh-cluster-seed";

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(300);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ImmutableArray<Address> _others;
    private readonly FormingQuorum? _quorum;
    private readonly Clock _clock;

    public SeedActor(ImmutableArray<Address> seeds, Clock clock)
    {
        _clock = clock;
        _others = seeds.Remove(_cluster.SelfAddress);
        _quorum = seeds[0].Equals(_cluster.SelfAddress) ? new FormingQuorum(_others) : null;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="seeds">Of the cluster, at least one, the same on every node.</param>
    /// <param name="clock">Of the questions.</param>
    public static Props Props(ImmutableArray<Address> seeds, Clock clock) =>
        Akka.Actor.Props.Create(() => new SeedActor(seeds, clock));

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberJoined),
            typeof(ClusterEvent.MemberUp));
        if (!_others.IsEmpty)
        {
            _cluster.JoinSeedNodes(_others);
        }

        if (_quorum is not null)
        {
            Timers.StartPeriodicTimer(nameof(Ask), Ask.Instance, TimeSpan.Zero, AskInterval);
        }
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ask:
                HandleAsk();
                break;
            case ActorIdentity { MessageId: string seed } identity when _others.FirstOrDefault(IsCalled(seed)) is { } other:
                _quorum?.HandleAnswer(other, identity.Subject is not null, _clock.Now);
                break;
            case ActorIdentity:
                break;
            case ClusterEvent.IMemberEvent happened when happened.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress):
                Context.Stop(Self);
                break;
            case ClusterEvent.IMemberEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static Func<Address, bool> IsCalled(string name) => address => address.ToString() == name;

    private void HandleAsk()
    {
        if (_quorum!.MayForm(_clock.Now))
        {
            _log.Info("more than half of the seed nodes wait: this node forms the cluster");
            Timers.Cancel(nameof(Ask));
            _cluster.Join(_cluster.SelfAddress);
            return;
        }

        foreach (var seed in _others)
        {
            Context.ActorSelection(new RootActorPath(seed) / "system" / Name).Tell(new Identify(seed.ToString()));
        }
    }

    /// <summary>Another round of questions.</summary>
    private sealed class Ask
    {
        public static readonly Ask Instance = new();
    }
}
