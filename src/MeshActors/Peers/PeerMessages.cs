using System;
using System.Collections.Immutable;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Peers;

/// <summary>Asks the peer cache who can do something; it answers with <see cref="Candidates"/>, at the latest after 2 s.</summary>
/// <param name="Capability">Name of the capability, kebab-case.</param>
/// <param name="Filter">What else is asked for.</param>
/// <param name="Exclude">Peers the task was at already.</param>
internal sealed record CandidatesRequested(
    string Capability, CapabilityFilter Filter, ImmutableArray<MeshAddress> Exclude);

/// <summary>The answer to <see cref="CandidatesRequested"/>.</summary>
/// <param name="Ranked">Whom to try, in this order; at most 64. This node itself is never among them.</param>
/// <param name="Stale">True when no backbone answered: it is what this node remembers, and nobody when it is empty.</param>
/// <param name="Hint">What a person may do when <paramref name="Ranked"/> is empty, one line; else null.</param>
internal sealed record Candidates(ImmutableArray<PeerCandidate> Ranked, bool Stale, string? Hint);

/// <summary>A peer that can do what was asked for.</summary>
/// <param name="Peer">Whom to dial.</param>
/// <param name="Region">Where it is, or null.</param>
/// <param name="Capabilities">Those of its capabilities that fit the question; at least one.</param>
/// <param name="Uptime">Beats the directory saw over those it expected, 0 to 1.</param>
/// <param name="Latency">Smoothed round trip of the tunnel, or null when none was measured.</param>
/// <param name="Running">Tasks of this node that run there.</param>
/// <param name="Reachable">False when the tunnel to it closed and no probe has reached it since.</param>
internal sealed record PeerCandidate(
    PeerRecord Peer,
    string? Region,
    ImmutableArray<CapabilityDescriptor> Capabilities,
    double Uptime,
    TimeSpan? Latency,
    int Running,
    bool Reachable);

/// <summary>Tells the peer cache that a task of this node was sent to a peer.</summary>
internal sealed record PeerTaskSent(MeshAddress Peer);

/// <summary>Tells the peer cache that the task of a <see cref="PeerTaskSent"/> is over, whatever came of it.</summary>
/// <param name="Peer">Where it was.</param>
/// <param name="Refused">True when the peer was too busy to begin: it is asked later than others for a while.</param>
internal sealed record PeerTaskEnded(MeshAddress Peer, bool Refused);
