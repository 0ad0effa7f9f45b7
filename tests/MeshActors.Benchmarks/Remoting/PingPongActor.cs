using Akka.Actor;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>One client of the ping pong: keeps some messages under way between itself and an actor that echoes.</summary>
internal sealed class PingPongActor : UntypedActor
{
    /// <summary>Tells it to begin.</summary>
    public const string Begin = "begin";

    /// <summary>As many as Akka.NET's own benchmark primes its writers with.</summary>
    private const int UnderWay = 50;

    private const string Hit = "hit";

    private readonly IActorRef _echo;
    private readonly PingPongCount _count;

    public PingPongActor(IActorRef echo, PingPongCount count)
    {
        _echo = echo;
        _count = count;
    }

    protected override void OnReceive(object message)
    {
        if (ReferenceEquals(message, Begin))
        {
            for (var i = 0; i < UnderWay; i++)
            {
                _echo.Tell(Hit);
            }

            return;
        }

        _count.Add(message is Hit);
        if (!_count.IsOver)
        {
            _echo.Tell(Hit);
        }
    }
}
