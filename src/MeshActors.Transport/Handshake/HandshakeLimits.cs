using System;

namespace MeshActors.Transport.Handshake;

/// <summary>How much strangers may make a node do (docs/protocol.md 3.4); the shares are those of <see cref="SourceQuota"/>.</summary>
/// <remarks>
/// An answered first message costs about 0.35 ms of the driver loop (five X25519 agreements), so both of its rates together
/// are 18 % of a core; an answered question costs a signature, 0.02 ms; a cookie 5 microseconds with its system call.
/// </remarks>
internal sealed record HandshakeLimits
{
    /// <summary>First messages of one prefix.</summary>
    public BucketRate PrefixMessages { get; init; } = new(10, 20);

    /// <summary>First messages in all; with and without a cookie have a bucket each.</summary>
    public BucketRate Messages { get; init; } = new(250, 500);

    /// <summary>Certificate questions of one prefix.</summary>
    public BucketRate PrefixQuestions { get; init; } = new(20, 40);

    /// <summary>Certificate questions in all; under a root key and under a fleet secret have a bucket each.</summary>
    public BucketRate Questions { get; init; } = new(500, 1_000);

    /// <summary>Cookies and version lists sent to one prefix.</summary>
    public BucketRate PrefixReplies { get; init; } = new(20, 40);

    /// <summary>Cookies and version lists sent in all.</summary>
    public BucketRate Replies { get; init; } = new(10_000, 10_000);

    /// <summary>First messages within <see cref="LoadWindow"/> beyond which the node is under load.</summary>
    public int LoadMessages { get; init; } = 128;

    /// <summary>The window, sliding in tenths.</summary>
    public TimeSpan LoadWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Second messages waiting to be sent beyond which the node is under load.</summary>
    public int LoadAnswers { get; init; } = 32;

    /// <summary>Load lasts this long after its last sign.</summary>
    public TimeSpan LoadLasts { get; init; } = TimeSpan.FromSeconds(1);
}
