using Akka.Actor;

namespace MeshActors.Transport.Remoting;

/// <summary>The top of the transport's actors, <c>/system/mesh-transport</c>: passes on what its children are told, from outside and from each other.</summary>
internal sealed class MeshTransportActor : UntypedActor
{
    public const string Name = "mesh-transport";

    private readonly IActorRef _tunnels;
    private readonly IActorRef _relays;
    private readonly IActorRef _nat;

    public MeshTransportActor(Props tunnels, Props relays, Props nat)
    {
        _tunnels = Context.ActorOf(tunnels.WithDispatcher(Context.Props.Dispatcher), "tunnels");
        _relays = Context.ActorOf(relays.WithDispatcher(Context.Props.Dispatcher), "relays");
        _nat = Context.ActorOf(nat.WithDispatcher(Context.Props.Dispatcher), "nat");
    }

    /// <param name="tunnels">Of the actor that supervises the tunnels.</param>
    /// <param name="relays">Of the one that supervises the relays.</param>
    /// <param name="nat">Of the one that tells of NATs.</param>
    public static Props Props(Props tunnels, Props relays, Props nat) =>
        Akka.Actor.Props.Create(() => new MeshTransportActor(tunnels, relays, nat));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case UseRelays or RelayChanged or AwaitRelay or DescribeRelays:
                _relays.Forward(message);
                break;
            case PlaceChanged or DescribeNat:
                _nat.Forward(message);
                break;
            default:
                _tunnels.Forward(message);
                break;
        }
    }
}
