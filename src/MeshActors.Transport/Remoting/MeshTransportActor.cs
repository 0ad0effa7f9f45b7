using Akka.Actor;

namespace MeshActors.Transport.Remoting;

/// <summary>The top of the transport's actors, <c>/system/mesh-transport</c>; its child <c>tunnels</c> gets what it is told.</summary>
internal sealed class MeshTransportActor : UntypedActor
{
    public const string Name = "mesh-transport";

    private readonly IActorRef _tunnels;

    public MeshTransportActor(Props tunnels)
    {
        _tunnels = Context.ActorOf(tunnels, "tunnels");
    }

    public static Props Props(Props tunnels) => Akka.Actor.Props.Create(() => new MeshTransportActor(tunnels));

    protected override void OnReceive(object message) => _tunnels.Forward(message);
}
