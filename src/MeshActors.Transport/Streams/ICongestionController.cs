using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Decides how many bytes may be in flight.</summary>
internal interface ICongestionController
{
    /// <summary>Most bytes in flight.</summary>
    long WindowBytes { get; }

    /// <summary>A packet that was in flight is acknowledged.</summary>
    /// <param name="bytes">Its bytes on the wire.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="bytesInFlight">Before the acknowledgement.</param>
    void HandleAcked(int bytes, MonoTime sentAt, long bytesInFlight);

    /// <summary>Packets are lost.</summary>
    /// <param name="sentAt">When the last of them was sent.</param>
    /// <param name="now">When that was found.</param>
    /// <param name="persistent">True when nothing came through for so long that the path must be learned anew.</param>
    void HandleLost(MonoTime sentAt, MonoTime now, bool persistent);
}
