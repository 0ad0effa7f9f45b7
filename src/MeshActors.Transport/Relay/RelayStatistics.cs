namespace MeshActors.Transport.Relay;

/// <summary>What a relay does and did; what it dropped is counted by reason elsewhere.</summary>
/// <param name="Leases">Clients.</param>
/// <param name="ForwardedFrames">Frames that left.</param>
/// <param name="ForwardedBytes">Bytes of the datagrams in them.</param>
/// <param name="WaitingFrames">Frames in all queues.</param>
/// <param name="WaitingBytes">Bytes of the datagrams in them.</param>
internal readonly record struct RelayStatistics(
    int Leases, long ForwardedFrames, long ForwardedBytes, int WaitingFrames, long WaitingBytes);
