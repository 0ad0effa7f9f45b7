using System;
using MeshActors.Tasks;
using MeshActors.Telemetry;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Hosting;

/// <summary>A stream whose purpose is not known until its first message is read.</summary>
internal sealed class AcceptedStream : IStreamHandler
{
    private readonly StreamAcceptor _acceptor;
    private IStreamHandler? _handler;
    private bool _refused;

    public AcceptedStream(StreamAcceptor acceptor)
    {
        _acceptor = acceptor;
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (_handler is { } handler)
        {
            handler.OnMessage(stream, message);
            return;
        }

        stream.Release(message.Length);
        if (_refused)
        {
            return;
        }

        if (InboundTaskReader.ReadHeader(message) is { } header && (!stream.CameEarly || InboundTask.MayComeEarly(header)))
        {
            _handler = _acceptor.Route(stream, header);
        }

        if (_handler is null)
        {
            _refused = true;
            MeshTelemetry.BadMessage();
            stream.Reset(TaskStreamCode.BadMessage);
        }
    }

    public void OnWritable(MeshStream stream) => _handler?.OnWritable(stream);

    public void OnFinished(MeshStream stream) => _handler?.OnFinished(stream);

    public void OnEnded(MeshStream stream, StreamEnd end) => _handler?.OnEnded(stream, end);
}
