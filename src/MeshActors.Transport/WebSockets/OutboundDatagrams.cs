using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Transport.WebSockets;

/// <summary>Datagrams that wait to be sent over one connection: put in by the driver, taken out in batches by whoever sends.</summary>
/// <remarks>Neither waits for the other: what does not fit is dropped. Memory is there only while something waits.</remarks>
internal sealed class OutboundDatagrams : IDisposable
{
    private const int LeastBytes = 4_096;

    private readonly ConnectionSettings _settings;
    private readonly ConnectionCounters _counters;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _some = new(0, 1);
    private byte[] _waiting = [];
    private int _waitingBytes;
    private byte[] _leaving = [];
    private int _leavingBytes;
    private bool _isOpen;
    private bool _isEnded;
    private bool _isTold;
    private volatile bool _isFinished;

    public OutboundDatagrams(ConnectionSettings settings, ConnectionCounters counters)
    {
        _settings = settings;
        _counters = counters;
    }

    /// <summary>True when nothing comes any more.</summary>
    public bool IsFinished => _isFinished;

    /// <summary>Takes a datagram; drops it when too much waits.</summary>
    public void Add(ReadOnlySpan<byte> datagram)
    {
        var bytes = DatagramFraming.HeadSize + datagram.Length;
        lock (_gate)
        {
            var most = _isOpen ? _settings.MaxWaitingBytes : _settings.MaxWaitingBytesBefore;
            if (_isEnded
                || datagram.Length > DatagramFraming.MostDatagramBytes
                || _waitingBytes + bytes > most
                || !_counters.TryWait(bytes, _settings.MaxWaitingBytesOfAll))
            {
                _counters.Dropped();
                return;
            }

            Grow(_waitingBytes + bytes);
            _waitingBytes += DatagramFraming.Write(_waiting.AsSpan(_waitingBytes), datagram);
        }

        _counters.Sent(datagram.Length);
    }

    /// <summary>Wakes whoever sends.</summary>
    public void Tell()
    {
        lock (_gate)
        {
            if (!_isTold && !_isEnded)
            {
                _isTold = true;
                _some.Release();
            }
        }
    }

    /// <summary>The connection is open: more may wait now.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
        }

        Tell();
    }

    /// <summary>Nothing comes any more: whoever sends is to end when all has left.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _isFinished = true;
        }

        Tell();
    }

    /// <summary>Waits until something waits to be sent.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _some.WaitAsync(cancellation);

    /// <summary>Takes all that waits; what was taken before has left.</summary>
    /// <returns>Valid until the next call; empty when nothing waits.</returns>
    public ReadOnlyMemory<byte> TakeAll()
    {
        lock (_gate)
        {
            _isTold = false;
            Free();
            (_leaving, _leavingBytes) = (_waiting, _waitingBytes);
            (_waiting, _waitingBytes) = ([], 0);
            return _leaving.AsMemory(0, _leavingBytes);
        }
    }

    /// <summary>Nothing leaves any more. Only when nobody sends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnded = true;
            Free();
            (_leaving, _leavingBytes) = (_waiting, _waitingBytes);
            (_waiting, _waitingBytes) = ([], 0);
            Free();
        }
    }

    private void Free()
    {
        _counters.Left(_leavingBytes);
        if (_leaving.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_leaving);
        }

        (_leaving, _leavingBytes) = ([], 0);
    }

    private void Grow(int bytes)
    {
        if (bytes <= _waiting.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastBytes, 2 * bytes));
        _waiting.AsSpan(0, _waitingBytes).CopyTo(larger);
        if (_waiting.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_waiting);
        }

        _waiting = larger;
    }
}
