using System;
using System.Collections.Generic;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>Which tunnel is next, and which technique: says when each relayed tunnel is looked at, and what is left to try for it.</summary>
/// <remarks>
/// A tunnel is looked at when the peer's candidates have come and been challenged, a second after its path became a relayed one, and after each attempt. The side with the lower root key proposes; the
/// other one waits for that.
/// </remarks>
internal sealed class PunchLadder
{
    /// <summary>Until challenges to the peer's candidates have gone out.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    /// <summary>How long challenges alone have, where they may be enough.</summary>
    private static readonly TimeSpan SimultaneousOpen = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    private readonly PunchSettings _settings;
    private readonly PunchConsent _consent;
    private readonly Whereabouts _place;
    private readonly IRandomSource _random;

    /// <summary>Tunnels that wait to be looked at: those of a node at most, each once.</summary>
    private readonly Dictionary<Tunnel, MonoTime> _waiting = [];

    public PunchLadder(PunchSettings settings, PunchConsent consent, Whereabouts place, IRandomSource random)
    {
        _place = place;
        _settings = settings;
        _consent = consent;
        _random = random;
    }

    /// <summary>What is known of this node's own ports.</summary>
    public PunchPorts Own => PunchView.Of(_place.Candidates, _place.IsStale);

    /// <summary>When the next tunnel is due.</summary>
    public MonoTime? Next => Find(out _);

    /// <summary>What is known of a peer's ports.</summary>
    public static PunchPorts PortsOf(Tunnel tunnel) =>
        tunnel.Routes.Paths is { } paths ? PunchView.Of(paths.Candidates) : default;

    /// <summary>The peer has told where it may be reached.</summary>
    public void HandleCandidates(Tunnel tunnel, MonoTime now)
    {
        // Only a counter is worth hurrying for: it is read now, and who tries many ports had better not need to.
        var mayHurry = PunchPlan.TechniqueFor(Own, PortsOf(tunnel)) == PunchTechnique.Predicted;
        Wait(tunnel, now + (mayHurry ? Settling : SimultaneousOpen));
    }

    /// <summary>The path in use is another.</summary>
    public void HandleMoved(Tunnel tunnel, MonoTime now) => Wait(tunnel, now + SimultaneousOpen);

    /// <summary>The peer cannot take part now.</summary>
    public void HandlePut(Tunnel tunnel, PunchRefusal refusal, MonoTime now)
    {
        var history = tunnel.Routes.Punching;
        history.Outcome = PunchOutcome.Refused;
        history.Refusal = refusal;
        var pause = BusyPause * (1 << Math.Min(history.TimesBusy++, 4)) * (1 + _random.NextDouble());
        Wait(tunnel, now + (refusal == PunchRefusal.TooSoon || pause > LongestPause ? LongestPause : pause));
    }

    /// <summary>An attempt is over.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="now">The present.</param>
    public void HandleEnd(PunchAttempt attempt, PunchOutcome outcome, MonoTime now)
    {
        var history = attempt.Tunnel.Routes.Punching;
        if (outcome == PunchOutcome.Found)
        {
            _consent.Budget.HandleHit(PortsOf(attempt.Tunnel).Endpoint.Bits);
            history.HandleFound(attempt.Technique);
            return;
        }

        // What both could do and brought nothing may have another turn; what one of them cannot do has none.
        history.HandleFailed(attempt.Technique, outcome, isUseless: !attempt.IsAgreed);
        Wait(attempt.Tunnel, now);
    }

    /// <summary>Hands out what this node is to propose next.</summary>
    public bool TryTake(out Tunnel tunnel, out PunchTechnique technique, MonoTime now)
    {
        while (Find(out var due) <= now)
        {
            _waiting.Remove(due!);
            if (Consider(due!, now) is { } next)
            {
                (tunnel, technique) = (due!, next);
                return true;
            }
        }

        (tunnel, technique) = (null!, default);
        return false;
    }

    private void Wait(Tunnel tunnel, MonoTime until)
    {
        if (tunnel.Path?.Path.Kind != PathKind.Relayed)
        {
            return;
        }

        tunnel.Routes.Punching.IsHopeless = false;
        if (!_settings.IsEnabled)
        {
            tunnel.Routes.Punching.Outcome = PunchOutcome.SwitchedOff;
            tunnel.Routes.Punching.IsHopeless = NeedGuesses(Own, PortsOf(tunnel));
        }
        else if (!_waiting.TryGetValue(tunnel, out var already) || until < already)
        {
            _waiting[tunnel] = until;
        }
    }

    private MonoTime? Find(out Tunnel? tunnel)
    {
        tunnel = null;
        MonoTime? next = null;
        foreach (var (waiting, due) in _waiting)
        {
            if (next is null || due < next)
            {
                (tunnel, next) = (waiting, due);
            }
        }

        return next;
    }

    /// <summary>Whether challenges to what relays saw cannot be enough: one of both has another port for each peer.</summary>
    private static bool NeedGuesses(in PunchPorts own, in PunchPorts peer) =>
        own.Pattern != PunchPattern.Unknown && peer.Pattern != PunchPattern.Unknown
        && (own.Pattern != PunchPattern.Fixed || peer.Pattern != PunchPattern.Fixed);

    /// <summary>What this side is to propose now; null when there is nothing, it is not its turn, or it must wait.</summary>
    private PunchTechnique? Consider(Tunnel tunnel, MonoTime now)
    {
        var history = tunnel.Routes.Punching;
        var (own, peer) = (Own, PortsOf(tunnel));
        if (tunnel.State != TunnelState.Open || tunnel.Path?.Path.Kind != PathKind.Relayed || !_consent.MayPunch(tunnel)
            || own.Pattern == PunchPattern.Unknown || peer.Pattern == PunchPattern.Unknown)
        {
            return null;
        }

        if (history.Next(own, peer, _settings.WithBirthdays) is not { } technique)
        {
            history.Outcome = history.Technique is null ? PunchOutcome.NothingFits : history.Outcome;
            history.IsHopeless = NeedGuesses(own, peer);
            return null;
        }

        if (!PunchConsent.IsTrusted(tunnel))
        {
            history.Outcome = PunchOutcome.NotTrusted;
            history.IsHopeless = NeedGuesses(own, peer);
            return null;
        }

        history.Outcome = PunchOutcome.Waiting;
        if (!tunnel.LowerRoot)
        {
            return null;
        }

        if (_place.IsAwaited || (_place.IsAsking && _place.Behaviour is not { Mapping: not EndpointDependence.Unknown }))
        {
            // Its samples are of the same counter.
            Wait(tunnel, now + Settling);
            return null;
        }

        if (technique != PunchTechnique.Predicted && !_consent.MayTry(peer.Endpoint, now))
        {
            Wait(tunnel, MonoTime.Latest(_consent.Budget.NextAt, now + BusyPause));
            return null;
        }

        return technique;
    }
}
