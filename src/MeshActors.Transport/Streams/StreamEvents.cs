using System.Collections.Generic;

namespace MeshActors.Transport.Streams;

/// <summary>What the owner of a mux has not read yet, in order.</summary>
/// <remarks>The owner reads everything after each input, so it holds at most what one packet can set free: a window of messages.</remarks>
internal sealed class StreamEvents
{
    private readonly Queue<StreamEvent> _events = new();

    public int Count => _events.Count;

    public void Add(in StreamEvent streamEvent) => _events.Enqueue(streamEvent);

    public bool TryTake(out StreamEvent streamEvent) => _events.TryDequeue(out streamEvent);

    /// <summary>Lets the memory of events that were read go.</summary>
    public void Trim() => _events.TrimExcess();
}
