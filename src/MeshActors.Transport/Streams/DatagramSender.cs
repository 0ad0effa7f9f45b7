using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Datagrams on their way out: each goes into one packet before its deadline, or nowhere (RFC 9221, section 5).</summary>
/// <remarks>They are under congestion control like everything else and are never sent again: packets remember nothing of them.</remarks>
internal sealed class DatagramSender
{
    private readonly DatagramQueue _queue = new();

    /// <summary>Sent since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Dropped since the start, unsent.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>Waiting, some of them perhaps past their deadline.</summary>
    public int Count => _queue.Count;

    /// <summary>True when one waits whose deadline has not passed.</summary>
    public bool HasPending(MonoTime now) => _queue.TryPeek(now, out _);

    /// <param name="bytes">1 to <see cref="DatagramQueue.MaxDatagramBytes"/> bytes, which must not change before it is sent.</param>
    /// <param name="deadline">It is not sent from then on.</param>
    public void Add(ReadOnlyMemory<byte> bytes, MonoTime deadline)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length, nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, DatagramQueue.MaxDatagramBytes, nameof(bytes));
        _queue.Add(bytes, deadline);
    }

    /// <summary>Writes DATAGRAM frames while the oldest one fits.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, MonoTime now)
    {
        var written = 0;
        while (_queue.TryPeek(now, out var bytes) && DatagramFrame.Size(bytes.Length) <= destination.Length - written)
        {
            written += DatagramFrame.Write(destination[written..], bytes.Span);
            _queue.Take();
            Sent++;
        }

        return written;
    }

    public void Clear() => _queue.Clear();
}
