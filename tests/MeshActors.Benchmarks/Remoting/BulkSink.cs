using Akka.Actor;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>Takes large messages of one sender in order, looks at them, and says so.</summary>
internal sealed class BulkSink : UntypedActor
{
    /// <summary>Its name.</summary>
    public const string Name = "bulk";

    /// <summary>The answer to each message.</summary>
    public const string Taken = "taken";

    private readonly BulkCount _count;
    private readonly MessagePattern _pattern;
    private long _next;

    /// <param name="count">What it counts into.</param>
    /// <param name="size">Bytes of a message.</param>
    public BulkSink(BulkCount count, int size)
    {
        _count = count;
        _pattern = new MessagePattern(size);
    }

    protected override void OnReceive(object message)
    {
        var bytes = message as byte[] ?? [];
        _count.Add(bytes.Length, _pattern.Matches(_next++, bytes));
        Sender.Tell(Taken);
    }
}
