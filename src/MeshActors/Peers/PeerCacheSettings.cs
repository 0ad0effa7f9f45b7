using System;

namespace MeshActors.Peers;

/// <summary>How long what the directory said is used, and how much of it is kept.</summary>
/// <param name="Lifetime">How long an answer is used without asking again, 30 to 60 s.</param>
internal sealed record PeerCacheSettings(TimeSpan Lifetime)
{
    /// <summary>45 s.</summary>
    public static readonly PeerCacheSettings Default = new(TimeSpan.FromSeconds(45));

    /// <summary>Different questions remembered; the one used longest ago goes first.</summary>
    public const int MaxQuestions = 1_024;

    /// <summary>Askers waiting for the directory; one more is answered from memory at once.</summary>
    public const int MaxWaiting = 65_536;

    /// <summary>An answer that names nobody is used so long.</summary>
    public static readonly TimeSpan NegativeLifetime = TimeSpan.FromSeconds(1);

    /// <summary>After a question no backbone answered, the next goes out no earlier.</summary>
    public static readonly TimeSpan UnansweredPause = TimeSpan.FromSeconds(1);

    /// <summary>Who remembers somebody waits so long for the directory before that is used.</summary>
    public static readonly TimeSpan RememberedWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Who remembers nobody waits so long.</summary>
    public static readonly TimeSpan EmptyWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A peer the directory no longer names is still used so long unless it is known to be unreachable: a directory that
    /// was just restarted knows nobody yet, and one that runs names a silent node as long.
    /// </summary>
    public static readonly TimeSpan UnlistedUse = TimeSpan.FromSeconds(90);

    /// <summary>A peer nobody has named for so long is forgotten: its address may be another's by then.</summary>
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(12);

    /// <summary>A peer that refused a task as busy comes after the others so long.</summary>
    public static readonly TimeSpan RefusalPenalty = TimeSpan.FromSeconds(1);
}
