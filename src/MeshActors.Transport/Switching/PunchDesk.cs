using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>The ladder: finds direct paths where both sides' candidates do not, by guessing ports; one attempt at a time for the whole node, since NATs give ports out to a node and not to a tunnel.</summary>
/// <remarks>
/// One side proposes what <see cref="PunchLadder"/> says is next, the other prepares and consents, or says why not; then both send. What verifies makes an endpoint one that is challenged inside the
/// session; nothing else follows from it. What does not verify has no answer.
/// </remarks>
internal sealed class PunchDesk
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(PunchAtFrame.MostDelayMs);

    /// <summary>How long the counter may be held in its place.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(3);

    private readonly TunnelTable _table;
    private readonly SideSockets _sides;
    private readonly IRandomSource _random;
    private readonly PunchConsent _consent;
    private readonly PunchLadder _ladder;
    private PunchAttempt? _attempt;

    /// <param name="settings">Whether to take part at all.</param>
    /// <param name="table">The tunnels.</param>
    /// <param name="links">The relays: they tell ports, and are never aimed at.</param>
    /// <param name="place">What is known of this node's own ports.</param>
    /// <param name="sides">Where sockets come from.</param>
    /// <param name="random">Keys, and the order of guesses.</param>
    public PunchDesk(
        PunchSettings settings, TunnelTable table, RelayLinks links, Whereabouts place, SideSockets sides, IRandomSource random)
    {
        _table = table;
        _sides = sides;
        _random = random;
        _consent = new PunchConsent(settings, links);
        _ladder = new PunchLadder(settings, _consent, place, random);
    }

    /// <summary>What is known of this node's own ports.</summary>
    public PunchPorts Own => _ladder.Own;

    public PunchCounters Counters { get; } = new();

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _attempt is { } attempt ? attempt.NextTimeout : _ladder.Next;

    /// <summary>Takes what came in a tunnel: CANDIDATES, PUNCH_AT or PUNCH_RESULT.</summary>
    public void HandleSignal(in TunnelSignal signal, MonoTime now)
    {
        if (signal.Type == FrameType.Candidates)
        {
            _ladder.HandleCandidates(signal.Tunnel, now);
        }
        else if (signal.Type == FrameType.PunchAt)
        {
            HandlePunchAt(signal.Tunnel, signal.Content, now);
            signal.Content.AsSpan().Clear();
        }
        else
        {
            HandleResult(signal.Tunnel, signal.Content, now);
        }
    }

    /// <summary>The path in use of a tunnel is another.</summary>
    public void HandleMoved(Tunnel tunnel, MonoTime now)
    {
        _ladder.HandleMoved(tunnel, now);
        HandleTimeout(now);
    }

    private void HandlePunchAt(Tunnel tunnel, ReadOnlySpan<byte> content, MonoTime now)
    {
        if (!PunchAtFrame.TryRead(content, out var frame))
        {
            return;
        }

        if (frame.IsAnswer)
        {
            HandleConsent(tunnel, frame, now);
        }
        else if (_attempt is { } attempt && attempt.Number == frame.Attempt && attempt.Tunnel == tunnel)
        {
            if (attempt is { IsProposer: false, IsAgreed: true })
            {
                // The answer was lost, or is on its way: who gets it late begins at once.
                SayAnswer(attempt, TimeSpan.Zero);
            }
        }
        else if ((_consent.RefusalOf(frame.Attempt) ?? _consent.Judge(tunnel, frame, Own, _attempt is not null, now))
            is not PunchRefusal.None and var refusal)
        {
            Refuse(tunnel, frame.Attempt, refusal);
        }
        else if (_attempt is null && _consent.RefusalOf(frame.Attempt) is null)
        {
            Prepare(tunnel, frame.Attempt, PunchAtFrame.KeyOf(content).ToArray(), frame.Technique, frame.Ports, now);
        }
    }

    private void HandleResult(Tunnel tunnel, ReadOnlySpan<byte> content, MonoTime now)
    {
        if (!PunchResultFrame.TryRead(content, out var frame)
            || _attempt is not { IsProposer: true, IsAgreed: false } attempt
            || attempt.Number != frame.Attempt || attempt.Tunnel != tunnel)
        {
            return;
        }

        if (frame.Refusal is PunchRefusal.Busy or PunchRefusal.TooSoon)
        {
            Drop(attempt, now);
            _ladder.HandlePut(tunnel, frame.Refusal, now);
        }
        else
        {
            tunnel.Routes.Punching.Refusal = frame.Refusal;
            Finish(attempt, PunchOutcome.Refused, now);
        }
    }

    /// <summary>Takes a punch datagram, or what looks like one.</summary>
    /// <returns>Why it is dropped, null when it counted.</returns>
    public DropReason? HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> bytes, MonoTime now)
    {
        if (!PunchDatagram.TryRead(bytes, out var datagram))
        {
            return DropReason.BadLength;
        }

        if (_attempt is not { } attempt || attempt.Number != datagram.Attempt)
        {
            return DropReason.UnknownConnection;
        }

        if (!attempt.Verify(datagram, bytes))
        {
            return DropReason.AuthenticationFailed;
        }

        Counters.Verified++;
        if (attempt.IsHit(from, datagram.Number, now) && attempt.Tunnel.Routes.Paths is { } paths)
        {
            paths.Agent.HandlePunched(from, now);
            _table.Touch(attempt.Tunnel);
        }

        return null;
    }

    /// <inheritdoc cref="PunchPreparation.HandleAnswer"/>
    public bool HandleAnswer(int side, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var isOurs = _attempt?.Preparation.HandleAnswer(side, from, datagram, now) ?? false;
        HandleTimeout(now);
        return isOurs;
    }

    /// <summary>To be called when something is due, and when something has become of a side socket.</summary>
    public void HandleTimeout(MonoTime now)
    {
        if (_attempt is { } attempt)
        {
            Advance(attempt, now);
        }

        while (_attempt is null && _ladder.TryTake(out var tunnel, out var technique, now))
        {
            var key = new byte[PunchAtFrame.KeySize];
            _random.Fill(key);
            Prepare(tunnel, _random.NextUInt64(), key, technique, null, now);
        }
    }

    /// <summary>Hands out the next datagram.</summary>
    /// <param name="destination">At least <see cref="PunchDatagram.Size"/>.</param>
    /// <param name="transmit">How it is to be sent.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is none.</returns>
    public int PollTransmit(Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        transmit = default;
        if (_attempt is not { } attempt)
        {
            return 0;
        }

        if (attempt.Preparation.PollTransmit(destination, out var relay, now) is > 0 and var question)
        {
            transmit = new Transmit(relay, Alone: true, Ecn: false);
            return question;
        }

        var length = attempt.PollTransmit(destination, out transmit, now);
        Counters.Sent += length > 0 ? 1 : 0;
        if (attempt.HasOpened)
        {
            _table.NewEndpoints.Release(now);
        }

        return length;
    }

    /// <summary>Opens what an attempt needs, for a proposal of ours or of the peer.</summary>
    private void Prepare(Tunnel tunnel, ulong number, byte[] key, PunchTechnique technique, PunchPorts? proposed, MonoTime now)
    {
        var preparation = new PunchPreparation(technique, Own, _consent.RelayToAsk(), _sides, _random, now);
        _attempt = new PunchAttempt(tunnel, number, key, technique, proposed, preparation);
        tunnel.Routes.Punching.Outcome = PunchOutcome.UnderWay;
        if (preparation.LooksAtCounter)
        {
            _table.NewEndpoints.Hold(now + LongestHold);
        }

        Advance(_attempt, now);
    }

    private void Advance(PunchAttempt attempt, MonoTime now)
    {
        attempt.Preparation.HandleTimeout(now);
        var ready = attempt.Preparation.Outcome;
        if (attempt.Tunnel is not { State: TunnelState.Open, Routes.Paths: { } paths })
        {
            Drop(attempt, now);
        }
        else if (paths.Agent.Active.Kind == PathKind.Direct)
        {
            Finish(attempt, PunchOutcome.Found, now);
        }
        else if (attempt.IsOver(now))
        {
            Finish(attempt, PunchOutcome.NothingCame, now);
        }
        else if (!attempt.IsAgreed && ready == PunchOutcome.Waiting)
        {
            Speak(attempt, paths, now);
        }
        else if (!attempt.IsAgreed && ready != PunchOutcome.UnderWay)
        {
            if (!attempt.IsProposer)
            {
                Refuse(attempt.Tunnel, attempt.Number, ready == PunchOutcome.NoSockets ? PunchRefusal.NoSockets : PunchRefusal.NotForetold);
            }

            Finish(attempt, ready, now);
        }
    }

    /// <summary>Proposes what was prepared, or consents to it.</summary>
    private void Speak(PunchAttempt attempt, TunnelPaths paths, MonoTime now)
    {
        var roundTrip = paths.Active.Recovery.RoundTrip.SmoothedOrInitial;
        if (attempt.Proposed is { } peer)
        {
            var half = roundTrip / 2 < LongestDelay ? roundTrip / 2 : LongestDelay;
            SayAnswer(attempt, half);
            Begin(attempt, peer, now + half, now);
            return;
        }

        Span<byte> content = stackalloc byte[PunchAtFrame.ContentSize];
        if (attempt.PollProposal(content, roundTrip, now) is > 0 and var length)
        {
            Say(attempt.Tunnel, FrameType.PunchAt, content[..length]);
            content.Clear();
        }
        else if (attempt.IsUnanswered(now))
        {
            Finish(attempt, PunchOutcome.NotAnswered, now);
        }
    }

    private void HandleConsent(Tunnel tunnel, in PunchAtFrame frame, MonoTime now)
    {
        if (_attempt is not { IsProposer: true, IsAgreed: false, Preparation.Outcome: PunchOutcome.Waiting } attempt
            || attempt.Number != frame.Attempt || attempt.Tunnel != tunnel || frame.Technique != attempt.Technique
            || PunchPlan.TechniqueFor(attempt.Preparation.Ports, frame.Ports) != frame.Technique
            || !_consent.IsOf(tunnel, frame.Ports))
        {
            return;
        }

        tunnel.Routes.Punching.TimesBusy = 0;
        var half = tunnel.Path!.Recovery.RoundTrip.SmoothedOrInitial / 2;
        var delay = TimeSpan.FromMilliseconds(frame.DelayMs) - half;
        Begin(attempt, frame.Ports, delay > TimeSpan.Zero ? now + delay : now, now);
    }

    /// <summary>Both sides agree.</summary>
    private void Begin(PunchAttempt attempt, in PunchPorts peer, MonoTime start, MonoTime now)
    {
        if (attempt.Technique != PunchTechnique.Predicted)
        {
            _consent.Budget.Take(peer.Endpoint.Bits, attempt.Preparation.Ports.MostTries is not null, now);
        }

        Counters.Proposed += attempt.IsProposer ? 1 : 0;
        Counters.Answered += attempt.IsProposer ? 0 : 1;
        attempt.Begin(peer, _random, start);
    }

    private void Finish(PunchAttempt attempt, PunchOutcome outcome, MonoTime now)
    {
        Counters.Found += outcome == PunchOutcome.Found ? 1 : 0;
        Counters.Failed += outcome != PunchOutcome.Found && attempt.IsAgreed ? 1 : 0;
        _ladder.HandleEnd(attempt, outcome, now);
        Drop(attempt, now);
    }

    /// <summary>Ends an attempt, whatever became of it.</summary>
    private void Drop(PunchAttempt attempt, MonoTime now)
    {
        var paths = attempt.Tunnel.Routes.Paths?.Agent.Paths;
        attempt.Preparation.Close(side => paths?.NamesSide(side) ?? false, now);
        attempt.End();
        _consent.Remember(attempt.Number, PunchRefusal.None);
        _table.NewEndpoints.Release(now);
        _attempt = null;
    }

    private void Refuse(Tunnel tunnel, ulong attempt, PunchRefusal refusal)
    {
        Span<byte> content = stackalloc byte[PunchResultFrame.ContentSize];
        Say(tunnel, FrameType.PunchResult, content[..new PunchResultFrame(attempt, refusal).WriteContent(content)]);
        _consent.Remember(attempt, refusal);
        Counters.Refused++;
    }

    private void SayAnswer(PunchAttempt attempt, TimeSpan delay)
    {
        Span<byte> content = stackalloc byte[PunchAtFrame.ContentSize];
        Say(attempt.Tunnel, FrameType.PunchAt, content[..attempt.WriteAnswer(content, delay)]);
    }

    private void Say(Tunnel tunnel, ulong type, ReadOnlySpan<byte> content)
    {
        tunnel.Routes.Paths?.Say(type, content);
        _table.Touch(tunnel);
    }
}
