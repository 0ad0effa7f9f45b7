using System.Threading;
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

/// <summary>What one client counted; written by it alone.</summary>
internal sealed class PingPongCount
{
    private long _came;
    private long _faults;
    private volatile bool _isOver;

    public long Came => Volatile.Read(ref _came);

    public long Faults => Volatile.Read(ref _faults);

    /// <summary>True when nothing more is to be sent.</summary>
    public bool IsOver => _isOver;

    public void Add(bool isRight)
    {
        Volatile.Write(ref _came, _came + 1);
        Volatile.Write(ref _faults, _faults + (isRight ? 0 : 1));
    }

    public void End() => _isOver = true;
}
