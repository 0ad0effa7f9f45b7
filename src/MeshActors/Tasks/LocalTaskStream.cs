using System;
using System.Threading;
using Akka.Actor;
using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>One side of a stream within the node: a task that a node asks itself for, under the rules of a tunnel's stream.</summary>
/// <remarks>Each side may have <see cref="WindowBytes"/> unhandled at the other, and one longer message.</remarks>
internal sealed class LocalTaskStream : ITaskStream
{
    /// <summary>Bytes sent and not released, beyond which sending is refused.</summary>
    public const int WindowBytes = 1024 * 1024;

    private readonly Lock _gate;
    private readonly Action<LocalTaskStream, LocalStreamEvent> _deliver;
    private LocalTaskStream _other;
    private long _unreleased;
    private bool _refused;
    private bool _finished;
    private bool _ended;

    private LocalTaskStream(MeshAddress peer, Lock gate, Action<LocalTaskStream, LocalStreamEvent> deliver)
    {
        Peer = peer;
        _gate = gate;
        _deliver = deliver;
        _other = this;
    }

    public MeshAddress Peer { get; }

    /// <summary>Makes both sides and returns the caller's.</summary>
    /// <param name="caller">The node that asks.</param>
    /// <param name="worker">The node that is asked.</param>
    /// <param name="tasks">The task plane of the node that is asked.</param>
    /// <param name="dispatch">Gets what the caller's side receives.</param>
    /// <param name="attempt">The number its messages carry.</param>
    public static LocalTaskStream Open(
        MeshAddress caller, MeshAddress worker, IActorRef tasks, IActorRef dispatch, int attempt)
    {
        var gate = new Lock();
        var reader = new InboundTaskReader(caller);
        var near = new LocalTaskStream(worker, gate, (_, e) => TellDispatch(dispatch, attempt, e));
        var far = new LocalTaskStream(caller, gate, (self, e) => TellTasks(tasks, reader, self, e)) { _other = near };
        near._other = far;
        return near;
    }

    public bool TrySend(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (_ended || _finished)
            {
                return false;
            }

            if (_unreleased > 0 && _unreleased + message.Length > WindowBytes)
            {
                _refused = true;
                return false;
            }

            _unreleased += message.Length;
            _other._deliver(_other, new LocalStreamEvent(LocalStreamEventKind.Message, message));
            return true;
        }
    }

    public void Release(int messageBytes)
    {
        lock (_gate)
        {
            _other._unreleased = Math.Max(0, _other._unreleased - messageBytes);
            if (_other is { _refused: true, _ended: false })
            {
                _other._refused = false;
                _other._deliver(_other, new LocalStreamEvent(LocalStreamEventKind.Writable));
            }
        }
    }

    public void Finish()
    {
        lock (_gate)
        {
            _finished = true;
            if (_other._finished)
            {
                End(byOther: false);
                _other.End(byOther: false);
            }
        }
    }

    public void Reset(ulong code)
    {
        lock (_gate)
        {
            End(byOther: false);
            _other.End(byOther: true);
        }
    }

    private static void TellDispatch(IActorRef dispatch, int attempt, LocalStreamEvent e) => dispatch.Tell(e.Kind switch
    {
        LocalStreamEventKind.Message => new DispatchActor.AttemptMessage(attempt, e.Message),
        LocalStreamEventKind.Writable => new DispatchActor.AttemptWritable(attempt),
        _ => new DispatchActor.AttemptEnded(attempt, MayHaveArrived: true),
    });

    private static void TellTasks(
        IActorRef tasks, InboundTaskReader reader, LocalTaskStream stream, LocalStreamEvent e)
    {
        switch (e.Kind)
        {
            case LocalStreamEventKind.Message when reader.HandlePayload(out var task):
                tasks.Tell(new TasksActor.Requested(task, e.Message, stream));
                break;
            case LocalStreamEventKind.Message when reader.HandleHeader(InboundTaskReader.ReadHeader(e.Message)):
                stream.Release(e.Message.Length);
                break;
            case LocalStreamEventKind.Message:
                stream.Reset(TaskStreamCode.BadMessage);
                break;
            case LocalStreamEventKind.Writable:
                tasks.Tell(new TaskRunActor.StreamWritable(stream));
                break;
            default:
                tasks.Tell(new TaskRunActor.StreamEnded(stream, e.ByOther));
                break;
        }
    }

    private void End(bool byOther)
    {
        if (!_ended)
        {
            _ended = true;
            _deliver(this, new LocalStreamEvent(LocalStreamEventKind.Ended, ByOther: byOther));
        }
    }
}

/// <summary>What one side of a <see cref="LocalTaskStream"/> is told.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">The message that arrived.</param>
/// <param name="ByOther">True when the other side reset the stream.</param>
internal readonly record struct LocalStreamEvent(
    LocalStreamEventKind Kind, ReadOnlyMemory<byte> Message = default, bool ByOther = false);

/// <summary>Kinds of <see cref="LocalStreamEvent"/>.</summary>
internal enum LocalStreamEventKind
{
    /// <summary>A message arrived.</summary>
    Message,

    /// <summary>After a refusal: there is room again.</summary>
    Writable,

    /// <summary>The stream is gone; the last event.</summary>
    Ended,
}
