using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>Sends large messages at a rate, as far as they are answered.</summary>
internal sealed class PacedSource : UntypedActor, IWithTimers
{
    /// <summary>Unanswered messages at most: beyond it the other side, or what lies between, does not keep up.</summary>
    private const int MostUnanswered = 64;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IActorRef _sink;
    private readonly MessagePattern _pattern;
    private readonly double _messagesPerSecond;
    private readonly TaskCompletionSource _ended;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private long _next;
    private int _unanswered;
    private bool _isEnding;

    /// <param name="sink">Who takes them.</param>
    /// <param name="size">Bytes of a message.</param>
    /// <param name="bytesPerSecond">How many bytes a second.</param>
    /// <param name="ended">Completed when all that was sent is answered and no more is sent.</param>
    public PacedSource(IActorRef sink, int size, double bytesPerSecond, TaskCompletionSource ended)
    {
        _sink = sink;
        _pattern = new MessagePattern(size);
        _messagesPerSecond = bytesPerSecond / size;
        _ended = ended;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), nameof(Tick), Tick);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case nameof(Tick):
                break;
            case BulkSource.End:
                _isEnding = true;
                break;
            default:
                _unanswered--;
                break;
        }

        var due = (long)(Stopwatch.GetElapsedTime(_begin).TotalSeconds * _messagesPerSecond);
        while (!_isEnding && _next < due && _unanswered < MostUnanswered)
        {
            _unanswered++;
            _sink.Tell(_pattern.Message(_next++), Self);
        }

        if (_isEnding && _unanswered == 0)
        {
            _ended.TrySetResult();
        }
    }
}
