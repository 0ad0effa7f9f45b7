using System;
using System.Collections.Generic;
using MeshActors.Discovery;

namespace MeshActors.Backbone;

/// <summary>One node's stream and the replies that wait for room on it.</summary>
internal sealed class DirectorySession
{
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();

    public DirectorySession(IDirectoryStream stream)
    {
        Stream = stream;
    }

    public IDirectoryStream Stream { get; }

    /// <summary>Sends a reply, or lets it wait.</summary>
    /// <returns>False when too many wait: the node asks without reading.</returns>
    public bool Send(ReadOnlyMemory<byte> reply)
    {
        if (_waiting.Count == 0 && Stream.TrySend(reply))
        {
            return true;
        }

        if (_waiting.Count == RecordLimits.MaxInFlight)
        {
            return false;
        }

        _waiting.Enqueue(reply);
        return true;
    }

    /// <summary>Sends what waits, as far as there is room.</summary>
    public void Flush()
    {
        while (_waiting.TryPeek(out var reply) && Stream.TrySend(reply))
        {
            _waiting.Dequeue();
        }
    }
}
