namespace MeshActors.Transport.Streams;

/// <summary>What a stream is for; each lane has its own numbers and bounds.</summary>
internal enum StreamLane : byte
{
    /// <summary>The actor plane: messages of Akka.Remote associations.</summary>
    Association = 0,

    /// <summary>The task plane and the directory: one stream for each conversation.</summary>
    Streams = 1,

    /// <summary>
    /// Heartbeats and what else must not wait behind bulk: goes before the other lanes, which share a tunnel fairly by bytes, with credit of its own
    /// and messages of at most <see cref="StreamLimits.MaxControlMessageBytes"/>.
    /// </summary>
    Control = 2,
}
