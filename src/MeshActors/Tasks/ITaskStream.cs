using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>One side of the stream of one attempt: over a tunnel, or within the node when it asks itself.</summary>
/// <remarks>May be called from any thread; calls after the end do nothing.</remarks>
internal interface ITaskStream
{
    /// <summary>The node at the other side.</summary>
    MeshAddress Peer { get; }

    /// <summary>Sends a message of 1 byte to 16 MiB and takes ownership of it.</summary>
    /// <returns>False when it was refused: try again when the stream is writable.</returns>
    bool TrySend(ReadOnlyMemory<byte> message);

    /// <summary>Gives back receive credit for messages that were handled.</summary>
    void Release(int messageBytes);

    /// <summary>Nothing more is sent.</summary>
    void Finish();

    /// <summary>Ends both directions at once.</summary>
    void Reset(ulong code);
}
