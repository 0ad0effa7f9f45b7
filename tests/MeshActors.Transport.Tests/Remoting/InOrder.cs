using Akka.Actor;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Says when it has received the numbers from 0 on, each once and in order, or what came instead.</summary>
internal sealed class InOrder : UntypedActor
{
    private readonly int _count;
    private readonly IActorRef _told;
    private int _expected;

    public InOrder(int count, IActorRef told)
    {
        _count = count;
        _told = told;
    }

    protected override void OnReceive(object message)
    {
        if (!Equals(message, _expected))
        {
            _told.Tell($"{message} came in place of {_expected}");
            Context.Stop(Self);
        }
        else if (++_expected == _count)
        {
            _told.Tell("all in order");
        }
    }
}
