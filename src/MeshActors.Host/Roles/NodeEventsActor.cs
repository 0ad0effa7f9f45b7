using System;
using System.Collections.Generic;
using Akka.Actor;
using Akka.Event;
using MeshActors.Discovery;

namespace MeshActors.Host.Roles;

/// <summary>Carries what discovery publishes out of the ActorSystem.</summary>
internal sealed class NodeEventsActor : UntypedActor
{
    private readonly NodeEvents _events;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public NodeEventsActor(NodeEvents events)
    {
        _events = events;
    }

    /// <summary>What it is to be subscribed to.</summary>
    public static IReadOnlyList<Type> Kinds { get; } =
        [typeof(Registered), typeof(BackboneLost), typeof(AddressTaken), typeof(RegistrationRefused)];

    public static Props Props(NodeEvents events) => Akka.Actor.Props.Create(() => new NodeEventsActor(events));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Registered registered:
                _log.Info("Registered at backbone {0}", registered.Backbone);
                break;
            case BackboneLost lost:
                _log.Warning("Backbone {0} is away; work goes on with the peers that are known", lost.Backbone);
                break;
            case AddressTaken taken:
                _events.HandleAddressTaken(taken.Backbone);
                break;
            case RegistrationRefused refused:
                _log.Warning("Backbone {0} refuses this node's record: {1}", refused.Backbone, refused.Code);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
