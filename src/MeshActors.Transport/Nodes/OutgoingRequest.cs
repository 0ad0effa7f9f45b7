using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>One request and the parts of its reply: a stream of the tunnel's streams lane.</summary>
/// <remarks>
/// What arrives waits in a channel whose bound is the stream's credit: a part's credit goes back when its reader has it, so a slow reader
/// holds up its own stream and no other. Who stops reading, for whatever reason, resets the stream.
/// </remarks>
internal sealed class OutgoingRequest : IStreamHandler
{
    private static readonly byte[] Header = [RequestCode.Version];

    private readonly Channel<ReadOnlyMemory<byte>> _parts = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly StreamOutput _output = new();
    private readonly MeshTunnel _tunnel;
    private readonly ReadOnlyMemory<byte> _request;
    private readonly TimeSpan _timeout;
    private readonly bool _idempotent;
    private readonly TimeProvider _time;

    public OutgoingRequest(MeshTunnel tunnel, ReadOnlyMemory<byte> request, RequestOptions options, TimeProvider time)
    {
        _tunnel = tunnel;
        _request = request;
        _timeout = options.Timeout;
        _idempotent = options.Idempotent;
        _time = time;
    }

    /// <summary>Sends the request and hands out the parts of the reply as they come.</summary>
    /// <exception cref="PeerTunnelException">The request failed.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var overdue = new CancellationTokenSource(_timeout, _time);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellation);
        var stream = _tunnel.OpenStream(StreamLane.Streams, this, early: _idempotent);
        var complete = false;
        try
        {
            await UntilAsync(SendAsync(stream, stopped.Token), overdue, cancellation).ConfigureAwait(false);
            while (await UntilAsync(_parts.Reader.WaitToReadAsync(stopped.Token), overdue, cancellation)
                       .ConfigureAwait(false))
            {
                overdue.CancelAfter(Timeout.InfiniteTimeSpan);
                while (_parts.Reader.TryRead(out var part))
                {
                    stream.Release(part.Length);
                    yield return part;
                }

                overdue.CancelAfter(_timeout);
            }

            complete = true;
        }
        finally
        {
            if (!complete)
            {
                stream.Reset(RequestCode.Cancelled);
            }
        }
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) => _parts.Writer.TryWrite(message);

    public void OnWritable(MeshStream stream) => _output.HandleWritable();

    public void OnFinished(MeshStream stream) => _parts.Writer.TryComplete();

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
        var failure = Failure(end);
        _output.HandleEnded(failure);
        _parts.Writer.TryComplete(end.Reason == StreamEndReason.Completed ? null : failure);
    }

    private async ValueTask<bool> SendAsync(MeshStream stream, CancellationToken cancellation)
    {
        await _output.SendAsync(stream, Header, cancellation).ConfigureAwait(false);
        await _output.SendAsync(stream, _request, cancellation).ConfigureAwait(false);
        stream.Finish();
        return true;
    }

    /// <summary>Waits, and says of a timeout of ours what it is.</summary>
    private async ValueTask<bool> UntilAsync(
        ValueTask<bool> step, CancellationTokenSource overdue, CancellationToken cancellation)
    {
        try
        {
            return await step.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && overdue.IsCancellationRequested)
        {
            throw _tunnel.IsHeld
                ? new PeerTunnelException(
                    PeerTunnelError.NoDirectPath,
                    $"There was no direct path to {_tunnel.Peer.Address} within {_timeout}, and no relay may carry requests.",
                    mayHaveArrived: true)
                : new PeerTunnelException(
                    PeerTunnelError.TimedOut, $"{_tunnel.Peer.Address} did not answer within {_timeout}.", mayHaveArrived: true);
        }
        catch (OperationCanceledException)
        {
            // The token that the caller knows, not the one that stands for both.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    private string Tried => _tunnel.Tried.Length == 0 ? string.Empty : $"; tried: {_tunnel.Tried}";

    private PeerTunnelException Failure(StreamEnd end)
    {
        var (error, why) = end switch
        {
            { Reason: StreamEndReason.PeerRestarted } => (PeerTunnelError.PeerRestarted, "has restarted"),
            { Reason: StreamEndReason.TunnelClosed, Code: TunnelCloseCode.NoDirectPath } =>
                (PeerTunnelError.NoDirectPath, $"is reached by no direct path, and no relay may carry requests{Tried}"),
            { Reason: StreamEndReason.TunnelClosed } when Tried.Length > 0 =>
                (PeerTunnelError.TunnelClosed, $"is reached no more{Tried}"),
            { Reason: StreamEndReason.TunnelClosed } => (PeerTunnelError.TunnelClosed, "is reached no more: the tunnel was closed"),
            { Code: RequestCode.HandlerFailed } => (PeerTunnelError.HandlerFailed, "could not answer: its handler failed"),
            { Code: EngineEvents.RefusedCode } => (PeerTunnelError.NotServed, "serves no requests"),
            _ => (PeerTunnelError.GivenUp, $"gave the request up with code {end.Code}"),
        };
        return new PeerTunnelException(error, $"{_tunnel.Peer.Address} {why}.", end.MayHaveArrived);
    }
}
