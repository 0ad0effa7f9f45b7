using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>The responder's side of all tunnels of a node: what strangers may make it do, and what it answers.</summary>
/// <remarks>Answers wait in a bounded queue, so that whoever floods it costs others nothing but their own answers.</remarks>
internal sealed class Answerer : IDisposable
{
    /// <summary>Answers that wait to be sent; a further one is dropped, and its cause comes again.</summary>
    public const int MaxWaiting = 1024;

    /// <summary>Replies to strangers that wait to be sent, after all answers; a further one is dropped.</summary>
    public const int MaxReplies = 256;

    /// <summary>For how long our own attempt goes before the same peer's, when both dial at once and our root is the lower.</summary>
    public static readonly TimeSpan OwnAttemptFirst = TimeSpan.FromSeconds(1);

    private readonly NodeIdentity _identity;
    private readonly TunnelFeatures _features;
    private readonly HandshakeGate _gate;
    private readonly ResponderRegister _register;
    private readonly CertificateAnswer _certificate;
    private readonly ConnectionIds _connections;
    private readonly ITunnelTrace _trace;
    private readonly Func<PeerRecord, MonoTime, Tunnel?> _tunnelFor;
    private readonly Action<Tunnel> _touch;
    private readonly byte[] _answer = new byte[CertificateDatagrams.AnswerSize];
    private readonly Dictionary<Bytes32, Tunnel> _pending = [];
    private readonly Dictionary<RootKey, UdpEndpoint> _sourceWhileDeriving = [];
    private readonly Queue<(UdpEndpoint To, ReadOnlyMemory<byte> Datagram)> _answers = new();
    private readonly Queue<(UdpEndpoint To, ReadOnlyMemory<byte> Datagram)> _replies = new();

    /// <param name="settings">Times and bounds.</param>
    /// <param name="identity">Who we are.</param>
    /// <param name="trust">Whom we let in.</param>
    /// <param name="slab">Where the secrets live.</param>
    /// <param name="derived">Derivations already made.</param>
    /// <param name="connections">Where sessions are found by their ids.</param>
    /// <param name="random">Ephemeral keys.</param>
    /// <param name="trace">Told of what is dropped.</param>
    /// <param name="tunnelFor">Finds or makes the tunnel to a peer; null when there are too many.</param>
    /// <param name="touch">Told of a tunnel whose pending session came or lives longer: it is to be woken at its end.</param>
    public Answerer(
        TunnelSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        SessionKeySlab slab,
        DerivedAddresses derived,
        ConnectionIds connections,
        IRandomSource random,
        ITunnelTrace trace,
        Func<PeerRecord, MonoTime, Tunnel?> tunnelFor,
        Action<Tunnel> touch)
    {
        _identity = identity;
        _features = settings.ToldFeatures & ~TunnelFeatures.EarlyDataTaken;
        _gate = new HandshakeGate(identity, trust, slab, random, settings.Handshakes);
        _register = new ResponderRegister(identity, trust, slab, derived, random, settings.HandshakeTimeout);
        _certificate = new CertificateAnswer(identity, trust, settings.Handshakes);
        _connections = connections;
        _trace = trace;
        _tunnelFor = tunnelFor;
        _touch = touch;
    }

    public MonoTime? NextTimeout => _register.NextTimeout;

    /// <summary>Takes a message 1 off the network.</summary>
    /// <returns>What is to be derived before it can be answered, or null.</returns>
    public AddressClaim? HandleMessage1(
        ReadOnlySpan<byte> datagram, UdpEndpoint from, MonoTime now, DateTimeOffset utcNow)
    {
        var admission = _gate.Handle(datagram, from, _answers.Count, now);
        if (admission.Context is not { } context)
        {
            _trace.Dropped(admission.Reason!.Value);
            Reply(from, admission.Reply);
            return null;
        }

        var step = _register.HandleMessage1(datagram, context, now, utcNow);
        switch (step.Outcome)
        {
            case ResponderOutcome.AnswerAgain:
                if (_pending.TryGetValue(HandshakeKeying.DigestOf(datagram), out var tunnel))
                {
                    tunnel.Sessions.HandleCopy(from, now);
                    tunnel.EarlyReplies.HandleMessage1(from);
                    _touch(tunnel);
                    Answer(from, step.Answer);
                }

                return null;
            case ResponderOutcome.DerivationNeeded:
                _sourceWhileDeriving[step.Claim.Root] = from;
                return step.Claim;
            default:
                Conclude(step, from, now);
                return null;
        }
    }

    /// <summary>Takes the result of a derivation.</summary>
    public void HandleDerived(AddressClaim claim, MeshAddress? address, MonoTime now)
    {
        if (_sourceWhileDeriving.Remove(claim.Root, out var from))
        {
            Conclude(_register.HandleDerived(claim, address, now), from, now);
        }
    }

    /// <summary>Takes a certificate question off the network.</summary>
    public void HandleQuestion(ReadOnlySpan<byte> datagram, UdpEndpoint from, MonoTime now, DateTimeOffset utcNow)
    {
        if (_certificate.Handle(datagram, from, _answer, now, utcNow) is { } drop)
        {
            _trace.Dropped(drop);
            return;
        }

        Answer(from, (byte[])_answer.Clone());
    }

    /// <summary>The session of an attempt was confirmed or is gone: copies of its message 1 get nothing more.</summary>
    public void HandleDecided(Bytes32 attempt)
    {
        if (_pending.Remove(attempt))
        {
            _register.HandleConfirmed(attempt);
        }
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow) => _register.HandleTimeout(now, utcNow);

    /// <summary>Hands out the next answer.</summary>
    /// <returns>Its length, 0 when none waits.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to)
    {
        if (!_answers.TryDequeue(out var answer) && !_replies.TryDequeue(out answer))
        {
            to = default;
            return 0;
        }

        to = answer.To;
        answer.Datagram.Span.CopyTo(destination);
        return answer.Datagram.Length;
    }

    public void Dispose()
    {
        _gate.Dispose();
        _register.Dispose();
        _certificate.Dispose();
    }

    private void Conclude(in ResponderStep step, UdpEndpoint from, MonoTime now)
    {
        if (step.Reason is { } drop)
        {
            _trace.Dropped(drop);
            Reply(from, !step.Answer.IsEmpty && _gate.TryReply(from, now) ? step.Answer : default);
        }
        else if (step.Handshake is { } handshake)
        {
            Accept(handshake, from, now);
        }
    }

    private void Accept(ResponderHandshake handshake, UdpEndpoint from, MonoTime now)
    {
        // The source is nowhere to dial before a packet under the session came from there: who copies message 1 chooses it.
        if (_tunnelFor(new PeerRecord(handshake.Peer, []), now) is not { } tunnel)
        {
            _trace.Dropped(DropReason.LimitReached);
            handshake.Dispose();
            return;
        }

        if (tunnel.LowerRoot && tunnel.Dial is { } own && now - own.StartedAt < OwnAttemptFirst)
        {
            _trace.Dropped(DropReason.SimultaneousOpen);
            handshake.Dispose();
            return;
        }

        var early = TakesEarly(tunnel, handshake, from) ? handshake.EarlyData : default;
        var features = early.IsEmpty ? _features : _features | TunnelFeatures.EarlyDataTaken;
        var incarnation = tunnel.Incarnations.OfferTo(handshake.PeerIncarnation, now);
        var connectionId = _connections.Draw(tunnel);
        var result = _register.Accept(
            handshake, incarnation, connectionId, (uint)features, now, out var message2);
        var session = TunnelSession.Of(
            result, _identity.Certificate, tunnel, initiatedHere: false, connectionId, incarnation, now);
        _connections.Bind(connectionId, tunnel, session);
        _pending[session.Attempt] = tunnel;
        tunnel.Sessions.Expect(session, from, now);
        tunnel.EarlyReplies.HandleMessage1(from);
        var outcome = tunnel.EarlyReplies.Take(early.Span, tunnel.Streams, now);
        if (outcome.IsViolation())
        {
            _trace.Dropped(DropReason.ProtocolViolation);
            tunnel.Close(TunnelCloseCause.ProtocolViolation, (ulong)outcome, outcome.ToString(), now);
        }

        _touch(tunnel);
        Answer(from, message2);
    }

    /// <summary>Early data counts once, for a tunnel that has no state but the one it begins.</summary>
    private bool TakesEarly(Tunnel tunnel, ResponderHandshake handshake, UdpEndpoint from) =>
        _features.HasFlag(TunnelFeatures.EarlyData)
        && tunnel is { State: TunnelState.Opening, Dial: null, Sessions.IsEmpty: true, EarlyReplies.IsTaken: false }
        && tunnel.EarlyReplies.MayComeFrom(from)
        && _register.MayTakeEarly(handshake)
        && EarlyFrames.AreValid(handshake.EarlyData.Span, (ulong)StreamLane.Streams);

    private void Answer(UdpEndpoint to, ReadOnlyMemory<byte> datagram)
    {
        if (_answers.Count == MaxWaiting)
        {
            _trace.Dropped(DropReason.LimitReached);
            return;
        }

        _answers.Enqueue((to, datagram));
    }

    private void Reply(UdpEndpoint to, ReadOnlyMemory<byte> datagram)
    {
        if (!datagram.IsEmpty && _replies.Count < MaxReplies)
        {
            _replies.Enqueue((to, datagram));
        }
    }
}
