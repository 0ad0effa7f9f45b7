using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>Sends large messages, eight of them unanswered at most.</summary>
internal sealed class BulkSource : UntypedActor
{
    /// <summary>Tells it to send no more.</summary>
    public const string End = "end";

    private const int Window = 8;

    private readonly IActorRef _sink;
    private readonly MessagePattern _pattern;
    private readonly TaskCompletionSource _ended;
    private long _next;
    private int _unanswered;
    private bool _isEnding;

    /// <param name="sink">Who takes them.</param>
    /// <param name="size">Bytes of a message.</param>
    /// <param name="ended">Completed when all that was sent is answered and no more is sent.</param>
    public BulkSource(IActorRef sink, int size, TaskCompletionSource ended)
    {
        _sink = sink;
        _pattern = new MessagePattern(size);
        _ended = ended;
    }

    protected override void PreStart()
    {
        for (var i = 0; i < Window; i++)
        {
            Send();
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is End)
        {
            _isEnding = true;
        }
        else
        {
            _unanswered--;
        }

        if (!_isEnding)
        {
            Send();
        }
        else if (_unanswered == 0)
        {
            _ended.TrySetResult();
        }
    }

    private void Send()
    {
        _unanswered++;
        _sink.Tell(_pattern.Message(_next++), Self);
    }
}
