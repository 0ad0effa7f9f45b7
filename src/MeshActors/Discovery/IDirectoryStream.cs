using System;
using MeshActors.Transport.Identity;

namespace MeshActors.Discovery;

/// <summary>A stream between a node and a backbone, from either end; an actor owns it and is told what happens to it.</summary>
/// <remarks>The owner gets <see cref="DirectoryMessageArrived"/>, <see cref="DirectoryStreamWritable"/> and, once and
/// last, <see cref="DirectoryStreamEnded"/>.</remarks>
internal interface IDirectoryStream
{
    /// <summary>The node at the other end, as its handshake proved; its first endpoint is where it is seen.</summary>
    PeerRecord Peer { get; }

    /// <summary>Takes a message for sending; the caller must not change the bytes again.</summary>
    /// <returns>False when there is no room: <see cref="DirectoryStreamWritable"/> tells when there is.</returns>
    bool TrySend(ReadOnlyMemory<byte> message);

    /// <summary>Gives back the credit of a message that was handled.</summary>
    void Release(int messageBytes);

    /// <summary>Sends no further message; what was taken is delivered.</summary>
    void Finish();

    /// <summary>Ends the stream at once; <see cref="DirectoryStreamEnded"/> still comes.</summary>
    void Reset(ulong code);
}
