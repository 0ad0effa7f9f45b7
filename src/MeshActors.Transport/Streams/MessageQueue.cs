using System;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Messages in order, seen as the bytes of a stream: for each a varint length and the message itself.</summary>
/// <remarks>Holds the memory it was given and copies only into packets. Not bounded by itself: see <see cref="StreamLimits"/>.</remarks>
internal sealed class MessageQueue
{
    /// <summary>What a queued message is counted as beside its bytes, so that many short messages are bounded too.</summary>
    public const int OverheadBytes = 64;

    private const int FirstCapacity = 4;

    private Entry[] _ring = [];
    private long _head;
    private long _tail;
    private long _lastRead;

    /// <summary>Offset after the last byte of the last message.</summary>
    public long End { get; private set; }

    /// <summary>Bytes of the messages held, with <see cref="OverheadBytes"/> for each.</summary>
    public long HeldBytes { get; private set; }

    public void Append(ReadOnlyMemory<byte> message)
    {
        if (_tail - _head == _ring.Length)
        {
            Grow();
        }

        _ring[_tail++ & (_ring.Length - 1)] = new Entry(End, message);
        End += VarInt.Size((ulong)message.Length) + message.Length;
        HeldBytes += message.Length + OverheadBytes;
    }

    /// <summary>Copies bytes of the stream; they are all held.</summary>
    public void CopyTo(Span<byte> destination, long offset)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        var index = Find(offset);
        while (true)
        {
            ref readonly var entry = ref _ring[index & (_ring.Length - 1)];
            var copied = entry.CopyTo(destination, (int)(offset - entry.Start));
            destination = destination[copied..];
            offset += copied;
            if (destination.IsEmpty)
            {
                break;
            }

            index++;
        }

        _lastRead = index;
    }

    /// <summary>Lets go of the messages that end at or before an offset.</summary>
    public void ReleaseTo(long offset)
    {
        while (_head < _tail)
        {
            ref var entry = ref _ring[_head & (_ring.Length - 1)];
            if (entry.End > offset)
            {
                return;
            }

            HeldBytes -= entry.Message.Length + OverheadBytes;
            entry = default;
            _head++;
        }
    }

    /// <summary>Lets the memory of an empty ring go.</summary>
    public void Trim()
    {
        if (_head == _tail)
        {
            _ring = [];
        }
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        _ring = [];
        _head = _tail = 0;
        HeldBytes = 0;
    }

    /// <summary>Index of the message that an offset falls in: most often the one read last, or the next.</summary>
    private long Find(long offset)
    {
        Invariant.Require(_head < _tail && offset < End && offset >= _ring[_head & (_ring.Length - 1)].Start);
        if (_lastRead >= _head && _lastRead < _tail)
        {
            ref readonly var entry = ref _ring[_lastRead & (_ring.Length - 1)];
            if (offset >= entry.Start && offset < entry.End)
            {
                return _lastRead;
            }

            if (offset == entry.End)
            {
                return _lastRead + 1;
            }
        }

        return Search(offset);
    }

    private long Search(long offset)
    {
        var low = _head;
        var high = _tail - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_ring[middle & (_ring.Length - 1)].Start <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private void Grow()
    {
        var larger = new Entry[Math.Max(FirstCapacity, _ring.Length * 2)];
        for (var i = _head; i < _tail; i++)
        {
            larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        }

        _ring = larger;
    }

    private readonly record struct Entry(long Start, ReadOnlyMemory<byte> Message)
    {
        public long End => Start + VarInt.Size((ulong)Message.Length) + Message.Length;

        /// <summary>Copies from a position in the prefix or the message on, as much as fits.</summary>
        public int CopyTo(Span<byte> destination, int position)
        {
            var prefixSize = VarInt.Size((ulong)Message.Length);
            var copied = 0;
            if (position < prefixSize)
            {
                Span<byte> prefix = stackalloc byte[VarInt.MaxSize];
                VarInt.Write(prefix, (ulong)Message.Length);
                copied = Math.Min(prefixSize - position, destination.Length);
                prefix.Slice(position, copied).CopyTo(destination);
                position += copied;
            }

            if (position >= prefixSize)
            {
                var length = Math.Min(Message.Length - (position - prefixSize), destination.Length - copied);
                Message.Span.Slice(position - prefixSize, length).CopyTo(destination[copied..]);
                copied += length;
            }

            return copied;
        }
    }
}
