using System;
using System.Buffers;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Transport.WebSockets;

/// <summary>One connection that carries datagrams in the messages of a WebSocket, between the driver loop and the two tasks that read and write it.</summary>
/// <remarks>
/// Whenever something is new the given action is called, from any thread; the driver then looks at <see cref="IsOpen"/>, takes the message that waits, and looks at
/// <see cref="IsEnded"/>, in this order. One message waits at most: the next is not read before the driver has taken it, so TCP holds back whoever sends too much.
/// </remarks>
internal sealed class DatagramConnection : IDisposable
{
    private const int LeastBuffer = 4_096;

    private readonly ConnectionSettings _settings;
    private readonly ConnectionCounters _counters;
    private readonly OutboundDatagrams _outbound;
    private readonly Action _tell;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _taken = new(0, 1);
    private byte[] _message = [];
    private int _messageBytes;
    private volatile bool _isOpen;
    private volatile bool _isEnded;

    /// <param name="settings">Bounds.</param>
    /// <param name="counters">Counts what passes.</param>
    /// <param name="tell">Called whenever something is new.</param>
    public DatagramConnection(ConnectionSettings settings, ConnectionCounters counters, Action tell)
    {
        _settings = settings;
        _counters = counters;
        _outbound = new OutboundDatagrams(settings, counters);
        _tell = tell;
    }

    /// <summary>True since it was set up, also after the end.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>True when nothing comes any more but the message that may wait.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Told to end: from the driver, or because it has ended.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Takes a datagram to be sent after <see cref="Flush"/>; it may be dropped.</summary>
    public void Send(ReadOnlySpan<byte> datagram) => _outbound.Add(datagram);

    /// <summary>Lets go what was to be sent.</summary>
    public void Flush() => _outbound.Tell();

    /// <summary>Looks at the message that waits, which the driver may change.</summary>
    /// <returns>Empty when there is none.</returns>
    public Span<byte> Peek() => _message.AsSpan(0, Volatile.Read(ref _messageBytes));

    /// <summary>The message has been taken: the next one is read.</summary>
    public void Take()
    {
        Volatile.Write(ref _messageBytes, 0);
        _taken.Release();
    }

    /// <summary>Ends it once what was put in has left, from any thread.</summary>
    public void Finish() => _outbound.Finish();

    /// <summary>Ends it, from any thread.</summary>
    public void End() => _ending.Cancel();

    /// <summary>It could not be set up.</summary>
    public void HandleFailed()
    {
        _isEnded = true;
        _outbound.Dispose();
        _tell();
    }

    /// <summary>Carries datagrams until the connection ends, whoever ends it.</summary>
    /// <param name="socket">Set up; it is ended but stays the caller's to dispose.</param>
    public async Task RunAsync(WebSocket socket)
    {
        _isOpen = true;
        _outbound.Open();
        _tell();
        try
        {
            var reading = ReadAsync(socket);
            var writing = WriteAsync(socket);
            await Task.WhenAny(reading, writing).ConfigureAwait(false);
            await _ending.CancelAsync().ConfigureAwait(false);
            socket.Abort();
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _outbound.Dispose();
            _isEnded = true;
            _tell();
        }
    }

    /// <summary>Gives memory back; only by the driver, after the end.</summary>
    public void Dispose()
    {
        _messageBytes = 0;
        if (_message.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = [];
        }
    }

    private async Task ReadAsync(WebSocket socket)
    {
        while (await ReadMessageAsync(socket).ConfigureAwait(false) is { } bytes)
        {
            if (bytes > 0)
            {
                Volatile.Write(ref _messageBytes, bytes);
                _tell();
                await _taken.WaitAsync(Ending).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads one message; null when the other side closes, or sends text or too much.</summary>
    private async Task<int?> ReadMessageAsync(WebSocket socket)
    {
        var length = 0;
        while (true)
        {
            if (length == _message.Length && !TryGrow())
            {
                return null;
            }

            var received = await socket.ReceiveAsync(_message.AsMemory(length), Ending).ConfigureAwait(false);
            length += received.Count;
            if (received.MessageType != WebSocketMessageType.Binary || length > DatagramFraming.MostMessageBytes)
            {
                return null;
            }

            if (received.EndOfMessage)
            {
                return length;
            }
        }
    }

    private bool TryGrow()
    {
        if (_message.Length > DatagramFraming.MostMessageBytes)
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastBuffer, 2 * _message.Length));
        _message.CopyTo(larger, 0);
        if (_message.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_message);
        }

        _message = larger;
        return true;
    }

    private async Task WriteAsync(WebSocket socket)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        while (!_outbound.IsFinished)
        {
            await _outbound.WaitAsync(Ending).ConfigureAwait(false);
            var waiting = _outbound.TakeAll();
            while (!waiting.IsEmpty)
            {
                var bytes = DatagramFraming.NextMessage(waiting.Span);
                deadline.CancelAfter(_settings.PongTime);
                await socket.SendAsync(waiting[..bytes], WebSocketMessageType.Binary, endOfMessage: true, deadline.Token)
                    .ConfigureAwait(false);
                waiting = waiting[bytes..];
            }

            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
