using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>What the owner of a mux has not read yet: events of streams in order, then datagrams.</summary>
/// <remarks>The owner reads everything after each input, so it holds at most what one packet can set free: a window of messages. Datagrams have a bound of their own.</remarks>
internal sealed class StreamEvents
{
    private readonly Queue<StreamEvent> _events = new();
    private readonly DatagramQueue _datagrams = new();

    public int Count => _events.Count + _datagrams.Count;

    /// <summary>Datagrams that were dropped because nobody read them.</summary>
    public long DatagramsDropped => _datagrams.Dropped;

    public void Add(in StreamEvent streamEvent) => _events.Enqueue(streamEvent);

    public void AddDatagram(ReadOnlyMemory<byte> bytes) => _datagrams.Add(bytes, MonoTime.Never);

    public bool TryTake(out StreamEvent streamEvent)
    {
        if (_events.TryDequeue(out streamEvent))
        {
            return true;
        }

        if (_datagrams.TryPeek(default, out var bytes))
        {
            _datagrams.Take();
            streamEvent = StreamEvent.Datagram(bytes);
            return true;
        }

        return false;
    }

    /// <summary>Lets the memory of events that were read go.</summary>
    public void Trim()
    {
        _events.TrimExcess();
        _datagrams.Trim();
    }
}
