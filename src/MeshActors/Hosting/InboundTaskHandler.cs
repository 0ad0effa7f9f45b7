using System;
using Akka.Actor;
using MeshActors.Tasks;
using MeshActors.Telemetry;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Wire;

namespace MeshActors.Hosting;

/// <summary>The worker's side of a task's stream: hands the request to the task plane, and what happens after it.</summary>
internal sealed class InboundTaskHandler : IStreamHandler
{
    private readonly InboundTaskReader _reader;
    private readonly TunnelTaskStream _stream;
    private readonly IActorRef _tasks;

    private InboundTaskHandler(InboundTaskReader reader, TunnelTaskStream stream, IActorRef tasks)
    {
        _reader = reader;
        _stream = stream;
        _tasks = tasks;
    }

    /// <summary>Takes a stream whose header asks for a task.</summary>
    /// <returns>Null when a field of the request is missing or out of its bounds.</returns>
    public static InboundTaskHandler? TryCreate(MeshStream stream, StreamHeader header, IActorRef tasks)
    {
        var reader = new InboundTaskReader(stream.Tunnel.Peer.Address);
        return reader.HandleHeader(header)
            ? new InboundTaskHandler(reader, new TunnelTaskStream(stream), tasks)
            : null;
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (_reader.HandlePayload(out var task))
        {
            _tasks.Tell(new TasksActor.Requested(task, message, _stream));
            return;
        }

        MeshTelemetry.BadMessage();
        stream.Release(message.Length);
        stream.Reset(TaskStreamCode.BadMessage);
    }

    public void OnWritable(MeshStream stream) => _tasks.Tell(new TaskRunActor.StreamWritable(_stream));

    /// <summary>The caller has nothing more to say; it still listens.</summary>
    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end) => _tasks.Tell(
        new TaskRunActor.StreamEnded(_stream, ByCaller: end.Reason == StreamEndReason.ResetByPeer));
}
