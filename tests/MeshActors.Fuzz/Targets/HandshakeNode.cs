using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>A node of a script of handshakes: gate and register, its own attempts, the sessions that came of both.</summary>
internal sealed class HandshakeNode : IDisposable
{
    private const int MostAttempts = 4;

    private readonly SessionKeySlab _slab;
    private readonly HandshakeLimits _limits;
    private readonly SimRandom _random;
    private readonly AttemptTimestamps _timestamps = new();
    private readonly HashSet<Bytes32> _accepted = [];

    /// <summary>Attempts whose early data was taken, over all restarts.</summary>
    private readonly HashSet<Bytes32> _early = [];

    private readonly byte[] _buffer = new byte[HandshakeMessage1.Size];
    private HandshakeGate _gate;
    private ResponderRegister _register;
    private DerivedAddresses _derived = new();

    public HandshakeNode(int number, TrustSettings trust, SessionKeySlab slab, HandshakeLimits limits)
    {
        Number = number;
        Identity = SimIdentities.Of(number);
        Trust = trust;
        _slab = slab;
        _limits = limits;
        _random = new SimRandom((ulong)number);
        (_gate, _register) = Begin();
    }

    public int Number { get; }

    public NodeIdentity Identity { get; }

    public TrustSettings Trust { get; }

    public UdpEndpoint Endpoint => new(UdpEndpoint.MappedPrefix | (uint)(0x0A00_0001 + Number), 7400);

    /// <summary>Counts the restarts; a node that was started anew answers a copied message 1 with other keys.</summary>
    public ulong Life { get; private set; } = 1;

    public List<InitiatorHandshake> Attempts { get; } = [];

    /// <summary>Derivations that the register waits for.</summary>
    public Queue<AddressClaim> Claims { get; } = new();

    /// <summary>Sessions that this node answered, by their attempt.</summary>
    public Dictionary<Bytes32, HandshakeResult> Answered { get; } = [];

    /// <summary>Sessions that this node dialled, by their attempt.</summary>
    public Dictionary<Bytes32, HandshakeResult> Dialled { get; } = [];

    public void Dial(NodeCertificate responder, CipherSuite suite, int context, MonoTime now, DateTimeOffset utcNow)
    {
        var contexts = Trust.ContextsFor(responder.Root);
        if (Attempts.Count == MostAttempts || responder.Root == Identity.Root || !suite.IsSupported())
        {
            return;
        }

        var attempt = new HandshakeAttempt
        {
            Identity = Identity,
            Responder = responder,
            Suite = suite,
            Context = contexts[context % contexts.Length],
            Incarnation = 7,
            ConnectionId = _random.Next(),
            Features = 3,
            EarlyData = new byte[] { 0x0A, 0x02, 0x02, 0x01, 0x61 },
            Timestamp = _timestamps.Next(utcNow),
        };
        Attempts.Add(new InitiatorHandshake(attempt, _slab, _derived, _random, now, RetransmitSchedule.DefaultTimeout));
    }

    /// <summary>Each first message that is due.</summary>
    public IEnumerable<byte[]> Poll(MonoTime now)
    {
        foreach (var attempt in Attempts)
        {
            while (attempt.PollTransmit(now, _buffer) is > 0 and var length)
            {
                yield return _buffer[..length];
            }
        }
    }

    /// <summary>Takes a first message.</summary>
    /// <param name="datagram">Anything.</param>
    /// <param name="from">Where it says it is from.</param>
    /// <param name="now">Now.</param>
    /// <param name="utcNow">Wall time.</param>
    /// <param name="reply">What goes back; empty for nothing.</param>
    /// <returns>True when it was taken for one of a peer that may come in: checked, answered again, or waiting for its derivation.</returns>
    public bool HandleMessage1(
        byte[] datagram, UdpEndpoint from, MonoTime now, DateTimeOffset utcNow, out ReadOnlyMemory<byte> reply)
    {
        var let = _gate.Handle(datagram, from, answersWaiting: Claims.Count, now);
        reply = let.Reply;
        Finding.Unless(let.Context is null == let.Reason is not null, "a first message is let in or dropped for a reason");
        if (let.Context is not { } context)
        {
            return false;
        }

        var step = _register.HandleMessage1(datagram, context, now, utcNow);
        reply = step.Answer;
        return Handle(step, now, ref reply);
    }

    /// <summary>Hands in what the oldest claim derives to, or that it derives to nothing.</summary>
    public ReadOnlyMemory<byte> Derive(bool holds, MonoTime now)
    {
        ReadOnlyMemory<byte> reply = default;
        if (Claims.TryDequeue(out var claim))
        {
            Handle(_register.HandleDerived(claim, holds ? SimIdentities.Derive(claim) : null, now), now, ref reply);
        }

        foreach (var attempt in Attempts)
        {
            if (attempt.Claim is { } own)
            {
                attempt.HandleDerived(own, holds ? SimIdentities.Derive(own) : null);
                TakeResult(attempt);
            }
        }

        return reply;
    }

    /// <summary>Takes a second message, a cookie or a list of versions.</summary>
    /// <returns>True when an attempt took it.</returns>
    public bool HandleReply(byte[] datagram, DateTimeOffset utcNow)
    {
        var taken = false;
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
        foreach (var attempt in Attempts)
        {
            taken |= attempt.HandleVersions(datagram) is null;
            if (attempt.ReadCookie(datagram, cookie) is null)
            {
                taken = true;
                Cookie = cookie.ToArray();
            }

            taken |= attempt.HandleMessage2(datagram, utcNow) is null;
            TakeResult(attempt);
        }

        return taken;
    }

    /// <summary>The last cookie that somebody sent; null when nobody did.</summary>
    public byte[]? Cookie { get; private set; }

    public void HandleConfirmed()
    {
        foreach (var attempt in Answered.Keys)
        {
            _register.HandleConfirmed(attempt);
        }
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        _register.HandleTimeout(now, utcNow);
        foreach (var attempt in Attempts)
        {
            attempt.HandleTimeout(now);
        }

        Attempts.RemoveAll(attempt =>
        {
            var isOver = attempt.State is InitiatorState.TimedOut or InitiatorState.Refused or InitiatorState.Completed;
            if (isOver)
            {
                attempt.Dispose();
            }

            return isOver;
        });
    }

    public void Restart()
    {
        Dispose();
        Life++;
        Attempts.Clear();
        Claims.Clear();
        Answered.Clear();
        Dialled.Clear();
        _accepted.Clear();
        _derived = new DerivedAddresses();
        (_gate, _register) = Begin();
    }

    public void Dispose()
    {
        _gate.Dispose();
        _register.Dispose();
        Attempts.ForEach(attempt => attempt.Dispose());
        foreach (var session in Answered.Values)
        {
            session.Dispose();
        }

        foreach (var session in Dialled.Values)
        {
            session.Dispose();
        }
    }

    private (HandshakeGate Gate, ResponderRegister Register) Begin() => (
        new HandshakeGate(Identity, Trust, _slab, _random, _limits),
        new ResponderRegister(Identity, Trust, _slab, _derived, _random, RetransmitSchedule.DefaultTimeout));

    private bool Handle(ResponderStep step, MonoTime now, ref ReadOnlyMemory<byte> reply)
    {
        switch (step.Outcome)
        {
            case ResponderOutcome.DerivationNeeded:
                Claims.Enqueue(step.Claim);
                return true;
            case ResponderOutcome.Checked:
                var attempt = step.Handshake!.Attempt;
                Finding.Unless(_accepted.Add(attempt), "an attempt is accepted once");
                Finding.Unless(step.Handshake.Peer.VerifySignature(), "whoever comes in has a certificate");
                Finding.Unless(
                    step.Handshake.EarlyData.IsEmpty || !_register.MayTakeEarly(step.Handshake) || _early.Add(attempt),
                    "the early data of an attempt is taken once");
                var result = _register.Accept(step.Handshake, Life, _random.Next(), 1, now, out reply);
                Answered.Add(attempt, result);
                return true;
            default:
                Finding.Unless(
                    step.Outcome == ResponderOutcome.Dropped == step.Reason is not null, "what is dropped is dropped for a reason");
                return step.Outcome != ResponderOutcome.Dropped;
        }
    }

    private void TakeResult(InitiatorHandshake attempt)
    {
        if (attempt.State == InitiatorState.Completed && !Dialled.ContainsKey(HandshakeKeying.DigestOf(attempt.Message1)))
        {
            var result = attempt.TakeResult();
            Finding.Unless(result.Peer.Root == attempt.Responder.Root, "who answers is who was dialled");
            Dialled.Add(result.Attempt, result);
        }
    }
}
