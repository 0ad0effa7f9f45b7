using System;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>A stream of the association lane that a peer opened: its first message says whether it begins an association, or goes beside one. On the driver loop.</summary>
internal sealed class AcceptedStream : IStreamHandler
{
    private readonly Func<MeshStream, IStreamHandler> _beginAssociation;
    private readonly Func<MeshStream, IStreamHandler> _beginCompanion;
    private IStreamHandler? _begun;

    public AcceptedStream(Func<MeshStream, IStreamHandler> beginAssociation, Func<MeshStream, IStreamHandler> beginCompanion)
    {
        _beginAssociation = beginAssociation;
        _beginCompanion = beginCompanion;
    }

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        _begun ??= (message.Span[0] == CompanionHello.Version ? _beginCompanion : _beginAssociation)(stream);
        _begun.OnMessage(stream, message);
    }

    void IStreamHandler.OnWritable(MeshStream stream) => _begun?.OnWritable(stream);

    void IStreamHandler.OnFinished(MeshStream stream)
    {
        if (_begun is null)
        {
            stream.Finish();
            return;
        }

        _begun.OnFinished(stream);
    }

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end) => _begun?.OnEnded(stream, end);
}
