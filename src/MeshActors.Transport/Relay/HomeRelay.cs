using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Relay;

/// <summary>Chooses the relay that a node is reached by, and a second one that does not fail with it, by measured round trips.</summary>
/// <remarks>
/// The home relay is the one with the least round trip. It stays until another one has been <see cref="Better"/> for <see cref="LongEnough"/> without a break, or it is lost:
/// then the second takes its place at once. The second is the best one of another failure domain, of the same one where there is no other; it changes by the same rule.
/// A relay that was not measured, or was lost, is chosen only when there is none else, and only until there is. Round trips are smoothed as in RFC 6298 (1/8).
/// </remarks>
internal sealed class HomeRelay
{
    /// <summary>Candidates that are looked at; further ones are not.</summary>
    public const int MaxCandidates = 32;

    /// <summary>By so much another relay must be better.</summary>
    public static readonly TimeSpan Better = TimeSpan.FromMilliseconds(10);

    /// <summary>For so long.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private const int Smoothing = 8;

    private readonly List<Entry> _entries = [];
    private Choice _home;
    private Choice _second;

    /// <summary>The relay a node is reached by; null without candidates.</summary>
    public MeshAddress? Home => _home.Current?.Relay;

    /// <summary>The one that takes its place; null with fewer than two candidates.</summary>
    public MeshAddress? Second => _second.Current?.Relay;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(_home.DueAt, _second.DueAt);

    /// <summary>The smoothed round trip to a relay; null when it was not measured or the relay is lost or unknown.</summary>
    public TimeSpan? RoundTripOf(MeshAddress relay) => Find(relay) is { IsLost: false } entry ? entry.RoundTrip : null;

    /// <summary>Takes the relays there are, best known first; what is known of those that stay is kept.</summary>
    public void SetCandidates(IReadOnlyList<RelayCandidate> candidates, MonoTime now)
    {
        var before = _entries.ToDictionary(entry => entry.Relay);
        _entries.Clear();
        foreach (var candidate in candidates.DistinctBy(candidate => candidate.Relay).Take(MaxCandidates))
        {
            var entry = before.GetValueOrDefault(candidate.Relay) ?? new Entry(candidate.Relay);
            entry.FailureDomain = candidate.FailureDomain;
            _entries.Add(entry);
        }

        Choose(now);
    }

    /// <summary>A round trip was measured: the relay is there.</summary>
    public void HandleRoundTrip(MeshAddress relay, TimeSpan roundTrip, MonoTime now)
    {
        if (Find(relay) is not { } entry)
        {
            return;
        }

        entry.RoundTrip = entry.IsLost || entry.RoundTrip is not { } smoothed
            ? roundTrip
            : smoothed + ((roundTrip - smoothed) / Smoothing);
        entry.IsLost = false;
        Choose(now);
    }

    /// <summary>A relay does not answer, or refuses: it is left at once, and chosen again when it is measured again.</summary>
    public void HandleLost(MeshAddress relay, MonoTime now)
    {
        if (Find(relay) is { } entry)
        {
            entry.IsLost = true;
            Choose(now);
        }
    }

    /// <summary>Changes to what has been better for long enough.</summary>
    public void HandleTimeout(MonoTime now) => Choose(now);

    private Entry? Find(MeshAddress relay) => _entries.Find(entry => entry.Relay == relay);

    private void Choose(MonoTime now)
    {
        if (_home.Current is { } home && IsGone(home) && _second.Current is { } second && !IsGone(second))
        {
            _home = new Choice { Current = second };
            _second = default;
        }

        _home = Choose(_home, Best(_ => true), now);
        var chosen = _home.Current;
        if (_second.Current == chosen)
        {
            _second = default;
        }

        var other = Best(entry => entry != chosen && !ShareDomain(entry, chosen))
            ?? Best(entry => entry != chosen && !entry.IsLost)
            ?? Best(entry => entry != chosen);
        if (other is not null && other.IsLost)
        {
            other = Best(entry => entry != chosen && !entry.IsLost) ?? other;
        }

        // One that shares the domain of the home relay gives way at once to one that does not.
        if (_second.Current is { } kept && ShareDomain(kept, chosen) && other is not null && !ShareDomain(other, chosen))
        {
            _second = default;
        }

        _second = Choose(_second, other, now);
    }

    private Choice Choose(in Choice before, Entry? best, MonoTime now)
    {
        if (before.Current is not { } current || IsGone(current) || best is null
            || (current.RoundTrip is null && best.RoundTrip is not null))
        {
            return new Choice { Current = best };
        }

        if (best == current || !IsBetter(best, current))
        {
            return new Choice { Current = current };
        }

        var rival = before.Rival == best ? before : new Choice { Current = current, Rival = best, DueAt = now + LongEnough };
        return now >= rival.DueAt ? new Choice { Current = best } : rival;
    }

    /// <summary>The first of the best; those that are lost or not measured come last.</summary>
    private Entry? Best(Func<Entry, bool> may) =>
        _entries.Where(may).MinBy(entry => entry.IsLost ? TimeSpan.MaxValue : entry.RoundTrip ?? (TimeSpan.MaxValue / 2));

    private bool IsGone(Entry entry) => entry.IsLost || !_entries.Contains(entry);

    private static bool IsBetter(Entry entry, Entry current) =>
        entry is { IsLost: false, RoundTrip: { } roundTrip }
        && current.RoundTrip is { } other && roundTrip + Better <= other;

    private static bool ShareDomain(Entry? one, Entry? other) =>
        one is { FailureDomain.Length: > 0 } && one.FailureDomain == other?.FailureDomain;

    /// <summary>What is known of a candidate.</summary>
    private sealed class Entry
    {
        public Entry(MeshAddress relay)
        {
            Relay = relay;
        }

        public MeshAddress Relay { get; }

        public string FailureDomain { get; set; } = string.Empty;

        public TimeSpan? RoundTrip { get; set; }

        public bool IsLost { get; set; }
    }

    /// <summary>A place: who has it, and who will have it when he stays better until then.</summary>
    private readonly record struct Choice
    {
        public Entry? Current { get; init; }

        public Entry? Rival { get; init; }

        public MonoTime? DueAt { get; init; }
    }
}
