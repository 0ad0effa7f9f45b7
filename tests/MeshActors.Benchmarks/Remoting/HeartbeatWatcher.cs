using Akka.Actor;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>Watches an actor of the other side, so that Akka.Remote sends heartbeats there, and keeps when their answers came.</summary>
internal sealed class HeartbeatWatcher : UntypedActor
{
    private readonly IActorRef _watched;
    private readonly HeartbeatLog _log;

    public HeartbeatWatcher(IActorRef watched, HeartbeatLog log)
    {
        _watched = watched;
        _log = log;
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(HeartbeatCame));
        Context.Watch(_watched);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HeartbeatCame came:
                _log.Add(came.Ticks);
                break;
            case Terminated:
                throw new BenchException("The watched actor ended before the measurement.");
            default:
                Unhandled(message);
                break;
        }
    }
}
