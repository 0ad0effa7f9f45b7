using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Relay;

/// <summary>What one client of a relay sent and got.</summary>
/// <param name="Owner">Who.</param>
/// <param name="SentFrames">Frames of it that were forwarded.</param>
/// <param name="SentBytes">Bytes of the datagrams in them.</param>
/// <param name="DroppedFrames">Frames of it that verified and were not forwarded: too many, or nobody there.</param>
/// <param name="ReceivedFrames">Frames that were sent to it.</param>
/// <param name="ReceivedBytes">Bytes of the datagrams in them.</param>
/// <param name="OverflownFrames">Frames to it that went because its queue was full.</param>
/// <param name="WaitingBytes">Bytes that wait for it.</param>
internal readonly record struct RelayLeaseStatistics(
    MeshAddress Owner,
    long SentFrames,
    long SentBytes,
    long DroppedFrames,
    long ReceivedFrames,
    long ReceivedBytes,
    long OverflownFrames,
    int WaitingBytes)
{
    public static RelayLeaseStatistics Of(RelayLease lease) => new(
        lease.Owner,
        lease.SentFrames,
        lease.SentBytes,
        lease.DroppedFrames,
        lease.ReceivedFrames,
        lease.ReceivedBytes,
        lease.Queue.Dropped,
        lease.Queue.Bytes);
}
