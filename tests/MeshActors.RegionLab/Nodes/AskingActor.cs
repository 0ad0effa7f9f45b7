using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;

namespace MeshActors.RegionLab.Nodes;

/// <summary>Asks every entity and the singleton twice a second, and tells each second who has answered.</summary>
internal sealed class AskingActor : UntypedActor, IWithTimers
{
    /// <summary>Entities.</summary>
    public const int Entities = 12;

    private const int RoundsTold = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly IActorRef _shards;
    private readonly IActorRef _leader;
    private readonly HashSet<string> _answered = [];
    private int _round;

    public AskingActor(IActorRef shards, IActorRef leader)
    {
        _shards = shards;
        _leader = leader;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Names of all entities.</summary>
    public static IEnumerable<string> Names => Enumerable.Range(0, Entities).Select(number => $"entity-{number}");

    /// <param name="shards">Of the entities.</param>
    /// <param name="leader">The way to the singleton.</param>
    public static Props Props(IActorRef shards, IActorRef leader) =>
        Akka.Actor.Props.Create(() => new AskingActor(shards, leader));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Round), Round.Instance, Interval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Round:
                Ask();
                break;
            case string name:
                _answered.Add(name);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        if (++_round % RoundsTold == 0)
        {
            NodeOutput.Tell(new NodeEvent(NodeEvent.Heard, NodeOutput.Now)
            {
                Answered = [.. _answered.Order(StringComparer.Ordinal)],
            });
            _answered.Clear();
        }

        foreach (var name in Names)
        {
            _shards.Tell(name);
        }

        _leader.Tell(OnceActor.Leader);
    }

    private sealed class Round
    {
        public static readonly Round Instance = new();
    }
}
