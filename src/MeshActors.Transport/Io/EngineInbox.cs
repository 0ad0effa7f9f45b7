using System;
using System.Collections.Concurrent;
using System.Threading;

namespace MeshActors.Transport.Io;

/// <summary>The way into the driver loop from any thread: commands, and a wake-up when the loop sleeps.</summary>
/// <remarks>
/// Bounded by its senders: a stream has at most one command for messages under way, one for credit and one for a refusal, and one for each
/// longer message released; all other commands are one per call. A wake-up costs a system call, so only the first command after the loop went
/// to sleep pays for one.
/// </remarks>
internal sealed class EngineInbox
{
    private readonly ConcurrentQueue<EngineCommand> _commands = new();
    private readonly Action _wake;
    private Action<EngineCommand>? _refuse;
    private int _asleep;

    public EngineInbox(Action wake)
    {
        _wake = wake;
    }

    /// <summary>Memory of messages that handlers have given back, for the next ones.</summary>
    public MessagePool Memory { get; } = new();

    public bool IsEmpty => _commands.IsEmpty;

    public void Add(in EngineCommand command)
    {
        _commands.Enqueue(command);
        if (Volatile.Read(ref _refuse) is { } refuse)
        {
            RefuseAll(refuse);
            return;
        }

        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
        {
            _wake();
        }
    }

    /// <summary>The loop has ended: what waits, and all that comes later, goes to <paramref name="refuse"/>.</summary>
    public void Close(Action<EngineCommand> refuse)
    {
        Volatile.Write(ref _refuse, refuse);
        RefuseAll(refuse);
    }

    public bool TryTake(out EngineCommand command) => _commands.TryDequeue(out command);

    /// <summary>Told by the loop before it waits.</summary>
    /// <returns>False when commands came in meanwhile: then it must not wait.</returns>
    public bool TrySleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        if (_commands.IsEmpty)
        {
            return true;
        }

        Interlocked.Exchange(ref _asleep, 0);
        return false;
    }

    /// <summary>Told by the loop after it waited.</summary>
    public void Awake() => Interlocked.Exchange(ref _asleep, 0);

    private void RefuseAll(Action<EngineCommand> refuse)
    {
        while (_commands.TryDequeue(out var command))
        {
            refuse(command);
        }
    }
}
