namespace MeshActors.Transport.Streams;

/// <summary>What a stream is for; each lane has its own numbers and bounds, and lanes share a tunnel fairly by bytes.</summary>
internal enum StreamLane : byte
{
    /// <summary>The actor plane: messages of Akka.Remote associations.</summary>
    Association = 0,

    /// <summary>The task plane and the directory: one stream for each conversation.</summary>
    Streams = 1,
}
