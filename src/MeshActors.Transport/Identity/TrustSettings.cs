using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MeshActors.Transport.Identity;

/// <summary>Whom a node lets in: holders of a fleet secret, and pinned root keys.</summary>
/// <remarks>
/// While a secret is being replaced two are valid: peers may come with either. Which one a peer knows, or whether it
/// pinned us as we pinned it, shows only in its answer, so attempts go through the possible contexts in turn.
/// </remarks>
internal sealed class TrustSettings
{
    /// <summary>Fleet secrets at most: the current one and the one it replaces or is replaced by.</summary>
    public const int MaxFleetSecrets = 2;

    /// <summary>Pinned roots at most.</summary>
    public const int MaxPinnedRoots = 4_096;

    private readonly ImmutableArray<TrustContext> _fleetFirst;
    private readonly ImmutableArray<TrustContext> _pinFirst;

    /// <param name="realm">The only realm whose nodes are let in.</param>
    /// <param name="fleetSecrets">None to <see cref="MaxFleetSecrets"/>, the current one first. Disposed by the caller.</param>
    /// <param name="pinnedRoots">At most <see cref="MaxPinnedRoots"/>.</param>
    public TrustSettings(ushort realm, IReadOnlyList<FleetSecret> fleetSecrets, IEnumerable<RootKey> pinnedRoots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fleetSecrets.Count, MaxFleetSecrets);
        Realm = realm;
        PinnedRoots = [.. pinnedRoots];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PinnedRoots.Count, MaxPinnedRoots, nameof(pinnedRoots));

        var contexts = ImmutableArray.CreateBuilder<TrustContext>();
        foreach (var secret in fleetSecrets)
        {
            contexts.Add(TrustContext.Of(secret));
        }

        _fleetFirst = contexts.ToImmutable();
        _pinFirst = _fleetFirst.Insert(0, TrustContext.PinnedRoots);
        Contexts = PinnedRoots.IsEmpty ? _fleetFirst : _fleetFirst.Add(TrustContext.PinnedRoots);
    }

    public ushort Realm { get; }

    public ImmutableSortedSet<RootKey> PinnedRoots { get; }

    /// <summary>The contexts a peer's handshake may run in; at most three, none when nobody is let in.</summary>
    public ImmutableArray<TrustContext> Contexts { get; }

    /// <summary>Tells whether a peer with this root, proven in this context, is let in.</summary>
    public bool Admits(TrustContext context, RootKey root) => context.IsFleet || PinnedRoots.Contains(root);

    /// <summary>The contexts to dial a root in, one attempt after the other and then from the first again.</summary>
    /// <returns>Empty when the root is not pinned and there is no fleet secret.</returns>
    public ImmutableArray<TrustContext> ContextsFor(RootKey root) =>
        PinnedRoots.Contains(root) ? _pinFirst : _fleetFirst;
}
