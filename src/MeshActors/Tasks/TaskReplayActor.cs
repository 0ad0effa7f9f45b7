using System.Collections.Generic;
using Akka.Actor;

namespace MeshActors.Tasks;

/// <summary>Tells the outcome of a task that has ended to a caller that asks for it again.</summary>
internal sealed class TaskReplayActor : UntypedActor
{
    private readonly TaskKey _key;
    private readonly TaskTranscript _transcript;
    private readonly List<TaskAttachment> _attachments = [];
    private int _attached;

    public TaskReplayActor(TaskKey key, TaskTranscript transcript, ITaskStream stream)
    {
        _key = key;
        _transcript = transcript;
        Attach(stream);
    }

    public static Props Props(TaskKey key, TaskTranscript transcript, ITaskStream stream) =>
        Akka.Actor.Props.Create(() => new TaskReplayActor(key, transcript, stream));

    protected override void PreStart() => Pump();

    protected override void PostStop() =>
        _attachments.ForEach(attachment => attachment.Stream.Reset(TaskStreamCode.ShuttingDown));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TaskRunActor.Attached attached:
                Attach(attached.Stream);
                break;
            case TaskRunActor.StreamWritable:
                break;
            case TaskRunActor.StreamEnded ended:
                _attachments.RemoveAll(attachment => attachment.Stream == ended.Stream);
                break;
            default:
                Unhandled(message);
                return;
        }

        Pump();
    }

    private void Attach(ITaskStream stream)
    {
        _attached++;
        _attachments.Add(new TaskAttachment(stream));
    }

    private void Pump()
    {
        _attachments.RemoveAll(attachment => attachment.Pump(_transcript));
        if (_attachments.Count == 0)
        {
            Context.Parent.Tell(new TaskRunActor.RunIdle(_key, _attached));
        }
    }
}
