using System;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Io;

/// <summary>The owner of one stream, as the driver loop calls it: in order, quickly, never blocking.</summary>
internal interface IStreamHandler
{
    /// <summary>A whole message arrived, in memory the handler may keep.</summary>
    /// <remarks>
    /// Call one of <see cref="MeshStream.Release(int)"/> and <see cref="MeshStream.Release(ReadOnlyMemory{byte})"/> once it is handled, or the
    /// sender runs out of credit. The second gives the memory back too.
    /// </remarks>
    void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message);

    /// <summary>After a refused <see cref="MeshStream.TrySend"/>: there is room again.</summary>
    void OnWritable(MeshStream stream);

    /// <summary>The peer sends no more messages; ours still go out.</summary>
    void OnFinished(MeshStream stream);

    /// <summary>The stream is gone; the last call, made exactly once.</summary>
    void OnEnded(MeshStream stream, StreamEnd end);
}
