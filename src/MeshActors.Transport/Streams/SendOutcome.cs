namespace MeshActors.Transport.Streams;

/// <summary>What became of a message handed to a stream.</summary>
internal enum SendOutcome
{
    /// <summary>Queued; more is welcome.</summary>
    Accepted,

    /// <summary>Queued, but stop: <see cref="StreamEventKind.Writable"/> says when to go on.</summary>
    AboveHighWater,

    /// <summary>Not queued, a hard bound is reached: <see cref="StreamEventKind.Writable"/> says when to try again.</summary>
    Refused,

    /// <summary>Not queued: the stream or the tunnel has ended, or the stream was finished here.</summary>
    Closed,
}
