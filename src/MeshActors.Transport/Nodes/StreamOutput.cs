using System;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Io;

namespace MeshActors.Transport.Nodes;

/// <summary>Sends messages on a stream one after the other, and waits where the stream has no room: nothing is buffered here.</summary>
/// <remarks>One sender at a time. Room and end are told by the driver loop; who waits goes on on the thread pool.</remarks>
internal sealed class StreamOutput
{
    private volatile TaskCompletionSource? _room;
    private volatile Exception? _end;

    /// <summary>Sends a message as soon as there is room.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="message">Must not change again.</param>
    /// <param name="cancellation">Stops waiting; the message was not taken then.</param>
    /// <exception cref="Exception">The one that <see cref="HandleEnded"/> was given.</exception>
    public async ValueTask SendAsync(MeshStream stream, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        while (!stream.TrySend(message))
        {
            // Asked again once the source is there: room that came in between would not be told again.
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _room = room;
            if (stream.TrySend(message))
            {
                return;
            }

            if (_end is { } end)
            {
                throw end;
            }

            await room.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>There is room again.</summary>
    public void HandleWritable() => _room?.TrySetResult();

    /// <summary>The stream is gone: whoever waits, or sends later, is told so.</summary>
    public void HandleEnded(Exception end)
    {
        _end = end;
        _room?.TrySetResult();
    }
}
