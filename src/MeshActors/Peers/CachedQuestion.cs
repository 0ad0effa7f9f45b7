using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>One question, what the directory last said to it, and who waits for the next answer.</summary>
internal sealed class CachedQuestion
{
    public CachedQuestion(RecordQuestion question)
    {
        Question = question;
    }

    public RecordQuestion Question { get; }

    /// <summary>Who can do it, with what of it; in the order they came.</summary>
    public List<NamedPeer> Named { get; } = [];

    /// <summary>When a backbone last answered; null before.</summary>
    public MonoTime? AnsweredAt { get; set; }

    /// <summary>Until when it is not asked again, because no backbone answered.</summary>
    public MonoTime PausedUntil { get; set; } = new(long.MinValue);

    /// <summary>True while the directory is asked.</summary>
    public bool InFlight { get; set; }

    /// <summary>Names near the capability asked for.</summary>
    public ImmutableArray<string> Similar { get; set; } = [];

    public List<Waiting> WaitingAskers { get; } = [];

    /// <summary>True when the last answer may be used without asking again.</summary>
    public bool IsFresh(TimeSpan lifetime, MonoTime now) =>
        AnsweredAt is { } at && now < at + (Named.Count == 0 ? PeerCacheSettings.NegativeLifetime : lifetime);

    /// <summary>A peer and what it can do of what was asked for.</summary>
    /// <param name="Match">Its record, with only that.</param>
    /// <param name="NamedAt">When the directory last said so.</param>
    public readonly record struct NamedPeer(RecordMatch Match, MonoTime NamedAt)
    {
        public MeshAddress Address => Match.Record.Peer.Address;
    }

    /// <summary>Somebody who waits for the directory.</summary>
    /// <param name="Token">Whom to answer.</param>
    /// <param name="Exclude">Peers not to name.</param>
    /// <param name="Deadline">When to answer from memory.</param>
    public readonly record struct Waiting(long Token, ImmutableArray<MeshAddress> Exclude, MonoTime Deadline);
}
