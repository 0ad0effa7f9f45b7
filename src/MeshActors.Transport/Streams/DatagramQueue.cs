using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Datagrams that wait, in order; what is too old or too many is dropped and counted.</summary>
/// <remarks>One for each direction of a tunnel: to the next packet, and to the owner.</remarks>
internal sealed class DatagramQueue
{
    /// <summary>Longest datagram that is sent, in bytes: fits every packet of 1,200 bytes, a short ACK frame beside it.</summary>
    public const int MaxDatagramBytes = 1150;

    /// <summary>Datagrams that wait at most; at the bound the oldest goes.</summary>
    public const int Most = 256;

    /// <summary>Bytes that wait at most; at the bound the oldest goes.</summary>
    public const int MostBytes = 256 * 1024;

    private readonly Queue<(ReadOnlyMemory<byte> Bytes, MonoTime Deadline)> _waiting = new();
    private int _bytes;

    public int Count => _waiting.Count;

    /// <summary>Dropped since the start: their deadline had passed, or there were too many.</summary>
    public long Dropped { get; private set; }

    /// <param name="bytes">At most <see cref="MostBytes"/>; kept, not copied.</param>
    /// <param name="deadline">It is not handed out from then on.</param>
    public void Add(ReadOnlyMemory<byte> bytes, MonoTime deadline)
    {
        while (_waiting.Count >= Most || (_waiting.Count > 0 && _bytes + bytes.Length > MostBytes))
        {
            Take();
            Dropped++;
        }

        _waiting.Enqueue((bytes, deadline));
        _bytes += bytes.Length;
    }

    /// <summary>The oldest one whose deadline has not passed; older ones are dropped.</summary>
    public bool TryPeek(MonoTime now, out ReadOnlyMemory<byte> bytes)
    {
        while (_waiting.TryPeek(out var oldest))
        {
            if (now < oldest.Deadline)
            {
                bytes = oldest.Bytes;
                return true;
            }

            Take();
            Dropped++;
        }

        bytes = default;
        return false;
    }

    /// <summary>Takes the oldest one out; there must be one.</summary>
    public void Take() => _bytes -= _waiting.Dequeue().Bytes.Length;

    /// <summary>Lets go of memory that only traffic needs.</summary>
    public void Trim() => _waiting.TrimExcess();

    /// <summary>Drops all: the tunnel is over.</summary>
    public void Clear()
    {
        Dropped += _waiting.Count;
        _waiting.Clear();
        _bytes = 0;
    }
}
