using System;
using Akka.Actor;
using MeshActors.Tasks;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Hosting;

/// <summary>The caller's side of a task's stream: passes everything to the task's dispatch.</summary>
internal sealed class AttemptHandler : IStreamHandler
{
    private readonly IActorRef _dispatch;
    private readonly int _attempt;

    public AttemptHandler(IActorRef dispatch, int attempt)
    {
        _dispatch = dispatch;
        _attempt = attempt;
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) =>
        _dispatch.Tell(new DispatchActor.AttemptMessage(_attempt, message));

    public void OnWritable(MeshStream stream) => _dispatch.Tell(new DispatchActor.AttemptWritable(_attempt));

    /// <summary>After an outcome this means nothing; before one the worker left the task without a word.</summary>
    public void OnFinished(MeshStream stream) =>
        _dispatch.Tell(new DispatchActor.AttemptEnded(_attempt, MayHaveArrived: true));

    public void OnEnded(MeshStream stream, StreamEnd end) =>
        _dispatch.Tell(new DispatchActor.AttemptEnded(_attempt, end.MayHaveArrived));
}
