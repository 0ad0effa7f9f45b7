using Akka.Actor;

namespace MeshActors.Tests.Discovery;

/// <summary>Hands all messages to its one child, and restarts it whatever it dies of.</summary>
internal sealed class RestartingParent : UntypedActor
{
    private readonly IActorRef _child;

    public RestartingParent(Props child)
    {
        _child = Context.ActorOf(child, "child");
    }

    public static Props Props(Props child) => Akka.Actor.Props.Create(() => new RestartingParent(child));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    protected override void OnReceive(object message) => _child.Forward(message);
}
