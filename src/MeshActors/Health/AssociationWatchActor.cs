using System;
using System.Collections.Generic;
using Akka.Actor;
using Akka.Remote;

namespace MeshActors.Health;

/// <summary>Carries what remoting publishes of associations to the <see cref="AssociationWatch"/>.</summary>
internal sealed class AssociationWatchActor : UntypedActor
{
    /// <summary>Its name below <c>/system</c>.</summary>
    public const string Name = "mesh-association-watch";

    private static readonly IReadOnlyList<Type> Kinds =
        [typeof(AssociatedEvent), typeof(DisassociatedEvent), typeof(AssociationErrorEvent), typeof(QuarantinedEvent)];

    private readonly AssociationWatch _watch;

    public AssociationWatchActor(AssociationWatch watch)
    {
        _watch = watch;
    }

    public static Props Props(AssociationWatch watch) => Akka.Actor.Props.Create(() => new AssociationWatchActor(watch));

    protected override void PreStart()
    {
        foreach (var kind in Kinds)
        {
            Context.System.EventStream.Subscribe(Self, kind);
        }
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AssociatedEvent up:
                _watch.Handle((register, _) => register.HandleUp(up.RemoteAddress));
                break;
            case QuarantinedEvent quarantined:
                _watch.Handle((register, now) => register.HandleQuarantined(quarantined.Address, now));
                break;
            case AssociationEvent lost:
                _watch.Handle((register, now) => register.HandleLost(lost.RemoteAddress, now));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
