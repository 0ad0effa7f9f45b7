using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>What a node does about messages 1, and what it remembers of them (docs/protocol.md 3.3).</summary>
/// <remarks>
/// <para>What the <see cref="HandshakeGate"/> lets in is checked by cost: a copy of something known, Noise, fields of the certificate,
/// timestamp, trust, signature, last the derivation of the address, which the owner makes off the loop.</para>
/// <para>A root has at most one handshake here: a later one replaces it. A copy of an answered message 1 gets the same
/// message 2 until the session is confirmed or the handshake timeout has passed, then silence. Timestamps only
/// count once all checks hold, so nobody but a root's owner moves them.</para>
/// </remarks>
internal sealed class ResponderRegister : IDisposable
{
    /// <summary>Roots whose last timestamp is kept; then the one heard of the longest time ago goes.</summary>
    public const int MaxRoots = 4_096;

    /// <summary>Derivations under way; then further ones are dropped.</summary>
    public const int MaxDerivations = 256;

    /// <summary>Answers remembered: 200 handshakes a second; then further ones are dropped.</summary>
    public const int MaxAnswers = 1_024;

    private readonly NodeIdentity _own;
    private readonly TrustSettings _trust;
    private readonly SessionKeySlab _slab;
    private readonly DerivedAddresses _derived;
    private readonly IRandomSource _random;
    private readonly TimeSpan _timeout;
    private readonly EarlyDataRules _early = new();
    private readonly LeastRecentlyUsed<RootKey, ulong> _timestamps;
    private readonly Dictionary<RootKey, Derivation> _derivations = [];
    private readonly Dictionary<RootKey, Answer> _answers = [];
    private readonly Dictionary<Bytes32, RootKey> _rootsByAttempt = [];

    /// <param name="own">Who we are; outlives the register.</param>
    /// <param name="trust">Whom we let in.</param>
    /// <param name="slab">Where the secrets live.</param>
    /// <param name="derived">Derivations already made; the owner's.</param>
    /// <param name="random">Where ephemeral keys come from.</param>
    /// <param name="timeout">Time that an answer is remembered and a derivation may take.</param>
    public ResponderRegister(
        NodeIdentity own,
        TrustSettings trust,
        SessionKeySlab slab,
        DerivedAddresses derived,
        IRandomSource random,
        TimeSpan timeout)
    {
        _own = own;
        _trust = trust;
        _slab = slab;
        _derived = derived;
        _random = random;
        _timeout = timeout;
        _timestamps = new LeastRecentlyUsed<RootKey, ulong>(MaxRoots, _early.HandleForgotten);
    }

    /// <summary>When <see cref="HandleTimeout"/> must next be called; null when nothing is remembered for a time.</summary>
    public MonoTime? NextTimeout { get; private set; }

    /// <summary>Takes a message 1 that the gate let in.</summary>
    /// <param name="datagram">Its header, length and mac1 were checked.</param>
    /// <param name="context">The context whose mac1 fits.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    public ResponderStep HandleMessage1(
        ReadOnlySpan<byte> datagram, TrustContext context, MonoTime now, DateTimeOffset utcNow)
    {
        _early.HandleTime(utcNow);
        var attempt = HandshakeKeying.DigestOf(datagram);
        if (_rootsByAttempt.TryGetValue(attempt, out var root))
        {
            var answer = _answers[root];
            return answer.IsConfirmed
                ? ResponderStep.Dropped(DropReason.HandshakeReplayed)
                : new ResponderStep(ResponderOutcome.AnswerAgain, Answer: answer.Message2);
        }

        if (ResponderHandshake.Open(datagram, attempt, _own, context, _slab, out var handshake) is { } notOpened)
        {
            return ResponderStep.Dropped(notOpened);
        }

        if (Check(handshake!, utcNow) is { } refusal)
        {
            var reply = refusal == DropReason.HandshakeReplayed ? TellLast(handshake!, datagram) : default;
            return Drop(handshake!, refusal) with { Answer = reply };
        }

        handshake!.IsInTime = _early.Allow(context, handshake.Timestamp, utcNow);
        return Conclude(handshake, now);
    }

    /// <summary>Tells whether the early data of a checked handshake counts: that it cannot have been taken before.</summary>
    public bool MayTakeEarly(ResponderHandshake handshake) =>
        handshake.IsInTime && _early.IsRemembered(handshake.Timestamp);

    /// <summary>Takes what the derivation of a claim gave, and goes on with the handshake that waits for it.</summary>
    public ResponderStep HandleDerived(AddressClaim claim, MeshAddress? derived, MonoTime now)
    {
        _derived.Remember(claim, derived);
        if (!_derivations.TryGetValue(claim.Root, out var derivation) || derivation.Claim != claim)
        {
            return ResponderStep.Dropped(DropReason.UnexpectedHandshake);
        }

        _derivations.Remove(claim.Root);
        return Conclude(derivation.Handshake, now);
    }

    /// <summary>Answers a checked handshake: writes message 2 and remembers it. The session is tentative.</summary>
    /// <param name="handshake">As <see cref="HandleMessage1"/> or <see cref="HandleDerived"/> just gave it; disposed here.</param>
    /// <param name="incarnation">Which state of the tunnel's streams we have.</param>
    /// <param name="connectionId">What the initiator shall write: random, used by no other session or attempt.</param>
    /// <param name="features">Our feature bits.</param>
    /// <param name="now">The current time.</param>
    /// <param name="message2">What to send to where message 1 came from.</param>
    public HandshakeResult Accept(
        ResponderHandshake handshake,
        ulong incarnation,
        ulong connectionId,
        uint features,
        MonoTime now,
        out ReadOnlyMemory<byte> message2)
    {
        var root = handshake.Peer.Root;
        Invariant.Require(!IsReplay(handshake) && HasRoomFor(root));
        var bytes = new byte[HandshakeMessage2.Size];
        var result = handshake.WriteMessage2(_own, incarnation, connectionId, features, _random, bytes);
        handshake.Dispose();
        Forget(root);
        _timestamps.Set(root, handshake.Timestamp);
        _answers.Add(root, new Answer(handshake.Attempt, bytes, now + _timeout));
        _rootsByAttempt.Add(handshake.Attempt, root);
        NextTimeout = MonoTime.Earliest(NextTimeout, now + _timeout);
        message2 = bytes;
        return result;
    }

    /// <summary>The initiator's first packet was opened: from now on a copy of its message 1 is a replay.</summary>
    public void HandleConfirmed(Bytes32 attempt)
    {
        if (_rootsByAttempt.TryGetValue(attempt, out var root))
        {
            _answers[root] = _answers[root] with { IsConfirmed = true, Message2 = default };
        }
    }

    /// <summary>Forgets answers and derivations whose time has passed.</summary>
    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        _early.HandleTime(utcNow);
        if (NextTimeout is null || now < NextTimeout)
        {
            return;
        }

        NextTimeout = null;
        foreach (var (root, answer) in _answers)
        {
            if (now >= answer.Deadline)
            {
                Forget(root);
            }
            else
            {
                NextTimeout = MonoTime.Earliest(NextTimeout, answer.Deadline);
            }
        }

        foreach (var (root, derivation) in _derivations)
        {
            if (now >= derivation.Deadline)
            {
                _derivations.Remove(root);
                derivation.Handshake.Dispose();
            }
            else
            {
                NextTimeout = MonoTime.Earliest(NextTimeout, derivation.Deadline);
            }
        }
    }

    public void Dispose()
    {
        foreach (var derivation in _derivations.Values)
        {
            derivation.Handshake.Dispose();
        }

        _derivations.Clear();
    }

    private static ResponderStep Drop(ResponderHandshake handshake, DropReason reason)
    {
        handshake.Dispose();
        return ResponderStep.Dropped(reason);
    }

    private DropReason? Check(ResponderHandshake handshake, DateTimeOffset utcNow) =>
        handshake.CheckFields(_own.Certificate, utcNow)
        ?? (IsInFuture(handshake, utcNow) ? DropReason.TimestampOutOfRange : default(DropReason?))
        ?? (IsReplay(handshake) ? DropReason.HandshakeReplayed : default(DropReason?))
        ?? (_trust.Admits(handshake.Context, handshake.Peer.Root) ? default(DropReason?) : DropReason.WrongRootKey)
        ?? CertificateCheck.Signature(handshake.Peer);

    /// <summary>The last check, and the bounds; time may have passed since the others.</summary>
    private ResponderStep Conclude(ResponderHandshake handshake, MonoTime now)
    {
        if (IsReplay(handshake))
        {
            return Drop(handshake, DropReason.HandshakeReplayed);
        }

        if (!HasRoomFor(handshake.Peer.Root))
        {
            return Drop(handshake, DropReason.LimitReached);
        }

        return _derived.Holds(AddressClaim.Of(handshake.Peer)) switch
        {
            true => new ResponderStep(ResponderOutcome.Checked, Handshake: handshake),
            false => Drop(handshake, DropReason.AddressNotDerived),
            null => AwaitDerivation(handshake, now),
        };
    }

    /// <summary>One derivation per root at a time, so that no root makes others wait.</summary>
    private ResponderStep AwaitDerivation(ResponderHandshake handshake, MonoTime now)
    {
        var root = handshake.Peer.Root;
        var claim = AddressClaim.Of(handshake.Peer);
        if (!_derivations.TryGetValue(root, out var other))
        {
            if (_derivations.Count == MaxDerivations)
            {
                return Drop(handshake, DropReason.LimitReached);
            }

            _derivations.Add(root, new Derivation(claim, handshake, now + _timeout));
            NextTimeout = MonoTime.Earliest(NextTimeout, now + _timeout);
            return new ResponderStep(ResponderOutcome.DerivationNeeded, Claim: claim);
        }

        if (other.Claim != claim)
        {
            return Drop(handshake, DropReason.LimitReached);
        }

        var later = handshake.Timestamp > other.Handshake.Timestamp;
        _derivations[root] = later ? other with { Handshake = handshake } : other;
        (later ? other.Handshake : handshake).Dispose();
        return new ResponderStep(ResponderOutcome.DerivationUnderWay);
    }

    private static bool IsInFuture(ResponderHandshake handshake, DateTimeOffset utcNow) =>
        handshake.Timestamp > AttemptTimestamps.Of(utcNow + AttemptTimestamps.ClockTolerance);

    private bool IsReplay(ResponderHandshake handshake) =>
        _timestamps.TryPeek(handshake.Peer.Root, out var last) && handshake.Timestamp <= last;

    /// <summary>Whose clock went back learns the last timestamp that was accepted of its root, so that it can go on above; a copy of the message 1 that had it gets silence.</summary>
    private ReadOnlyMemory<byte> TellLast(ResponderHandshake handshake, ReadOnlySpan<byte> message1) =>
        _timestamps.TryPeek(handshake.Peer.Root, out var last) && handshake.Timestamp < last
        && _trust.Admits(handshake.Context, handshake.Peer.Root) && CertificateCheck.Signature(handshake.Peer) is null
            ? handshake.WriteTimestamp(_slab, message1, last, _random)
            : default(ReadOnlyMemory<byte>);

    private bool HasRoomFor(RootKey root) => _answers.Count < MaxAnswers || _answers.ContainsKey(root);

    private void Forget(RootKey root)
    {
        if (_answers.Remove(root, out var answer))
        {
            _rootsByAttempt.Remove(answer.Attempt);
        }
    }

    private readonly record struct Derivation(AddressClaim Claim, ResponderHandshake Handshake, MonoTime Deadline);

    private readonly record struct Answer(
        Bytes32 Attempt, ReadOnlyMemory<byte> Message2, MonoTime Deadline, bool IsConfirmed = false);
}
