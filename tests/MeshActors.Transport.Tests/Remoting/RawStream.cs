using System;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A stream whose messages the test writes and reads itself, as a peer could.</summary>
internal sealed class RawStream : IStreamHandler
{
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly TaskCompletionSource<StreamEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MeshStream _stream;

    public RawStream(MeshTunnel tunnel, StreamLane lane = StreamLane.Association)
    {
        _stream = tunnel.OpenStream(lane, this);
    }

    public ChannelReader<ReadOnlyMemory<byte>> Messages => _messages.Reader;

    public Task<StreamEnd> Ended => _ended.Task;

    public void Send(byte[] message) => Assert.True(_stream.TrySend(message));

    public void Finish() => _stream.Finish();

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        stream.Release(message.Length);
        _messages.Writer.TryWrite(message);
    }

    public void OnWritable(MeshStream stream)
    {
    }

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end) => _ended.TrySetResult(end);
}
