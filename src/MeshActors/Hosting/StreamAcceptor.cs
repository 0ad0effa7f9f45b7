using Akka.Actor;
using MeshActors.Transport.Io;
using MeshActors.Wire;

namespace MeshActors.Hosting;

/// <summary>Takes a stream that a peer opened, by what its header says it is for; null refuses it.</summary>
internal delegate IStreamHandler? StreamRoute(MeshStream stream, StreamHeader header);

/// <summary>Takes the streams that peers open on the streams lane: each goes where its first message says.</summary>
internal sealed class StreamAcceptor
{
    private readonly IActorRef _tasks;
    private readonly StreamRoute? _directory;

    /// <param name="tasks">The node's task plane.</param>
    /// <param name="directory">The backbone, where this node is one.</param>
    public StreamAcceptor(IActorRef tasks, StreamRoute? directory)
    {
        _tasks = tasks;
        _directory = directory;
    }

    /// <summary>Called on the driver loop for each stream.</summary>
    public IStreamHandler Accept(MeshStream stream) => new AcceptedStream(this);

    /// <summary>Called with a stream's first message, on the driver loop.</summary>
    /// <returns>Null when nothing here takes it.</returns>
    public IStreamHandler? Route(MeshStream stream, StreamHeader header) => header.KindCase switch
    {
        StreamHeader.KindOneofCase.Task => InboundTaskHandler.TryCreate(stream, header, _tasks),
        StreamHeader.KindOneofCase.Directory => _directory?.Invoke(stream, header),
        _ => null,
    };
}
