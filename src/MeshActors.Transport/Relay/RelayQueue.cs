namespace MeshActors.Transport.Relay;

/// <summary>What waits for one receiver: a client of this relay, or another relay; written by <see cref="RelayQueues"/> alone.</summary>
internal sealed class RelayQueue
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    /// <param name="lease">Whose it is, or null.</param>
    /// <param name="way">The relay behind which the receivers are, or null.</param>
    public RelayQueue(RelayLease? lease, RelayWay? way)
    {
        Lease = lease;
        Way = way;
    }

    public RelayLease? Lease { get; }

    public RelayWay? Way { get; }

    /// <summary>The slot that waits longest.</summary>
    public int First { get; set; } = None;

    public int Last { get; set; } = None;

    public int Frames { get; set; }

    public int Bytes { get; set; }

    /// <summary>Bytes that the receiver may still get in this round (deficit round robin).</summary>
    public int Deficit { get; set; }

    /// <summary>Whose turn is next; null when nothing waits here.</summary>
    public RelayQueue? Next { get; set; }

    /// <summary>Frames that went because there was no room.</summary>
    public long Dropped { get; set; }
}
