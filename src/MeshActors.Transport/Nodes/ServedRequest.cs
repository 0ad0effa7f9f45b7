using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Nodes;

/// <summary>One request of a peer and its handler's reply.</summary>
/// <remarks>The driver loop only puts the request together; the handler runs on the thread pool, and so does what its token cancels.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Handlers may keep the token after the end; a source without a timer holds nothing.")]
internal sealed class ServedRequest : IStreamHandler
{
    private readonly PeerTunnel _tunnel;
    private readonly RequestServing _serving;
    private readonly StreamOutput _output = new();
    private readonly CancellationTokenSource _ended = new();
    private bool _hasHeader;
    private bool _hasRequest;

    public ServedRequest(PeerTunnel tunnel, RequestServing serving)
    {
        _tunnel = tunnel;
        _serving = serving;
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (!_hasHeader && message.Length == 1 && message.Span[0] == RequestCode.Version)
        {
            _hasHeader = true;
            stream.Release(message.Length);
        }
        else if (_hasHeader && !_hasRequest)
        {
            _hasRequest = true;
            _ = Task.Run(() => ServeAsync(stream, message));
        }
        else
        {
            stream.Reset(RequestCode.Malformed);
        }
    }

    public void OnWritable(MeshStream stream) => _output.HandleWritable();

    public void OnFinished(MeshStream stream)
    {
        if (!_hasRequest)
        {
            stream.Reset(RequestCode.Malformed);
        }
    }

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
        _output.HandleEnded(new OperationCanceledException("The request has ended."));
        _ = _ended.CancelAsync();
    }

    private async Task ServeAsync(MeshStream stream, ReadOnlyMemory<byte> request)
    {
        Exception? fault = null;
        try
        {
            using var turn = await _serving.EnterAsync(_ended.Token).ConfigureAwait(false);
            stream.Release(request.Length);
            var parts = _serving.Handler(new TunnelRequest(_tunnel, request), _ended.Token);
            await foreach (var part in parts.WithCancellation(_ended.Token).ConfigureAwait(false))
            {
                await _output.SendAsync(stream, part, _ended.Token).ConfigureAwait(false);
            }

            stream.Finish();
            return;
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested || stream.HasEnded)
        {
            // Nobody waits for the reply any more.
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its request alone.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            fault = thrown;
        }

        stream.Reset(fault is null ? RequestCode.Cancelled : RequestCode.HandlerFailed);
        if (fault is not null)
        {
            _serving.Report(fault);
        }
    }
}
