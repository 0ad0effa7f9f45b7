using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.LinkLab.Flows;

/// <summary>What one end of a flow does when its engine calls: counts and releases messages, or wakes the sender.</summary>
internal sealed class MeshFlowEnd : IEngineHandler, IStreamHandler
{
    private readonly ByteMeter? _meter;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="meter">Counts what arrives; null at the sender.</param>
    public MeshFlowEnd(ByteMeter? meter)
    {
        _meter = meter;
    }

    /// <summary>Completes with the first session.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Fails with what went wrong; never completes otherwise.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Waits until the stream has room again.</summary>
    public async Task RoomAsync(CancellationToken stop)
    {
        var room = _room.Reader.WaitToReadAsync(stop).AsTask();
        await await Task.WhenAny(room, _lost.Task);
        _room.Reader.TryRead(out _);
    }

    public void OnTunnelOpened(MeshTunnel tunnel) => _opened.TrySetResult();

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure) => Lose($"the tunnel failed: {failure}");

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason)
    {
        if (_meter is null)
        {
            Lose($"the tunnel was closed: {reason.Cause}");
        }
    }

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => this;

    public void OnFault(string where, Exception fault) => Lose($"{where}: {fault}");

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        _meter?.Add(message.Length);
        stream.Release(message.Length);
    }

    public void OnWritable(MeshStream stream) => _room.Writer.TryWrite(true);

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
        if (_meter is null)
        {
            Lose($"the stream ended: {end.Reason}");
        }
    }

    private void Lose(string reason)
    {
        var failure = new InvalidOperationException(reason);
        _opened.TrySetException(failure);
        _lost.TrySetException(failure);
    }
}
