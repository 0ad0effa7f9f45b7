namespace MeshActors.Transport.Streams;

/// <summary>Both halves of one stream, and where it stands in the queues of its tunnel.</summary>
internal sealed class StreamState
{
    public StreamState(StreamId id, int windowBytes)
    {
        Id = id;
        Receive = new ReceiveStream(windowBytes, StreamLimits.MostMessageBytes(id.Lane));
    }

    public StreamId Id { get; }

    public SendStream Send { get; } = new();

    public ReceiveStream Receive { get; }

    /// <summary>True when bytes of the peer came ahead of the first session.</summary>
    public bool CameEarly { get; set; }

    /// <summary>True when the owner was told the end: no more events, though frames may still be exchanged.</summary>
    public bool IsEnded { get; set; }

    /// <summary>True when the table has let go of the stream: nothing about it matters any more.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Code of the reset this side sends.</summary>
    public ulong ResetCode { get; set; }

    /// <summary>Frames about this stream that must go into the next packet.</summary>
    public StreamControl PendingControl { get; set; }

    public bool InControlQueue { get; set; }

    public bool InNewQueue { get; set; }

    public bool InLostQueue { get; set; }

    /// <summary>Bytes the stream may still send before the next stream of its lane has its turn.</summary>
    public int TurnBytes { get; set; }

    /// <summary>True when the owner was told to stop sending and has not been told to go on.</summary>
    public bool WantsWritable { get; set; }

    /// <summary>True while the stream stands in the queue for room in the tunnel.</summary>
    public bool WaitsForTunnel { get; set; }

    /// <summary>True while the stream is counted among those that wait for credit.</summary>
    public bool CountsAsWaiting { get; set; }

    /// <summary>Bytes of a long message that wait for the large-message budget, 0 when none.</summary>
    public int WaitingGrant { get; set; }

    /// <summary>False when no byte of the stream was ever put in a packet here.</summary>
    public bool MayHaveArrived => Send.SentTo > 0;
}
