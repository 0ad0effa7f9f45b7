using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Handshake;

/// <summary>A node as the handshake machines see one: identity, trust, memory, both roles.</summary>
internal sealed class TestNode : IDisposable
{
    public static readonly DateTimeOffset Utc = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly MonoTime Start = new(TimeSpan.FromHours(1).Ticks);

    /// <summary>Where all datagrams come from, unless a test says otherwise.</summary>
    public static readonly UdpEndpoint Source = new(UdpEndpoint.MappedPrefix | 0xC000_0201, 7400);

    /// <summary>No test of the machines behind the gate is to be held up by it.</summary>
    public static readonly HandshakeLimits Unlimited = new()
    {
        Messages = new BucketRate(1_000_000, 1_000_000),
        LoadMessages = int.MaxValue,
    };

    private readonly AttemptTimestamps _timestamps = new();
    private readonly List<IDisposable> _owned = [];
    private readonly IRandomSource _random;

    public TestNode(
        ulong seed,
        IReadOnlyList<FleetSecret> secrets,
        IReadOnlyList<RootKey>? pins = null,
        Func<RootIdentity, IRandomSource, NodeIdentity>? issue = null)
    {
        _random = new SeededRandom(seed);
        Root = Own(RootIdentity.Create(_random));
        Identity = Own(issue is null ? Issue(Root, _random, Utc) : issue(Root, _random));
        Trust = new TrustSettings(realm: 0, secrets, pins ?? []);
        Slab = Own(new SessionKeySlab());
        Gate = Own(new HandshakeGate(Identity, Trust, Slab, new SeededRandom(seed + 1_000_000), Unlimited));
        Register = Own(new ResponderRegister(
            Identity, Trust, Slab, Derived, _random, RetransmitSchedule.DefaultTimeout));
    }

    public RootIdentity Root { get; }

    public NodeIdentity Identity { get; }

    public TrustSettings Trust { get; }

    public SessionKeySlab Slab { get; }

    public DerivedAddresses Derived { get; } = new();

    public ResponderRegister Register { get; }

    public HandshakeGate Gate { get; }

    /// <summary>A certificate that holds at <see cref="Utc"/>, or as of <paramref name="now"/>.</summary>
    public static NodeIdentity Issue(
        RootIdentity root, IRandomSource random, DateTimeOffset now, CipherSuites? suites = null) => NodeIdentity.Issue(
        root, AddressOf(root), salt: 0, NodeRoles.Agent, now, TimeSpan.FromDays(14), random, suites);

    public static MeshAddress AddressOf(RootIdentity root)
    {
        Span<byte> bytes = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(bytes);
        return AddressDerivation.Derive(bytes, realm: 0, salt: 0)!.Value;
    }

    public InitiatorHandshake Dial(
        NodeCertificate responder,
        TrustContext context,
        MonoTime? now = null,
        DateTimeOffset? utcNow = null,
        CipherSuite? suite = null) =>
        Own(new InitiatorHandshake(
            new HandshakeAttempt
            {
                Identity = Identity,
                Responder = responder,
                Suite = suite ?? CipherSuiteChoice.Choose(CipherSuiteChoice.Supported, responder.Suites)!.Value,
                Context = context,
                Incarnation = 0x1111,
                ConnectionId = _random.NextUInt64(),
                Features = 0x8000_0001,
                Timestamp = _timestamps.Next(utcNow ?? Utc),
            },
            Slab,
            Derived,
            _random,
            now ?? Start,
            RetransmitSchedule.DefaultTimeout));

    public InitiatorHandshake Dial(TestNode responder) =>
        Dial(responder.Identity.Certificate, Trust.ContextsFor(responder.Identity.Root)[0]);

    /// <summary>Takes a message 1 through the gate and up to the derivation of the address.</summary>
    public ResponderStep Handle(ReadOnlySpan<byte> message1, MonoTime? now = null, DateTimeOffset? utcNow = null)
    {
        var at = now ?? Start;
        var admission = Gate.Handle(message1, Source, answersWaiting: 0, at);
        return admission.Context is { } context
            ? Register.HandleMessage1(message1, context, at, utcNow ?? Utc)
            : ResponderStep.Dropped(admission.Reason!.Value);
    }

    /// <summary>Takes a message 1 up to the last check, derivation included.</summary>
    public ResponderStep Check(ReadOnlySpan<byte> message1, MonoTime? now = null)
    {
        var at = now ?? Start;
        var step = Handle(message1, at);
        return step.Outcome == ResponderOutcome.DerivationNeeded
            ? Register.HandleDerived(step.Claim, step.Claim.Derive(), at)
            : step;
    }

    /// <summary>Takes a message 1 and answers it.</summary>
    public HandshakeResult Accept(ReadOnlySpan<byte> message1, out byte[] message2, MonoTime? now = null)
    {
        var step = Check(message1, now);
        Invariant.Require(step.Outcome == ResponderOutcome.Checked);
        var result = Own(Register.Accept(
            step.Handshake!, 0x2222, _random.NextUInt64(), features: 0xFFFF_FFFF, now ?? Start, out var bytes));
        message2 = bytes.ToArray();
        return result;
    }

    public void Dispose()
    {
        for (var number = _owned.Count - 1; number >= 0; number--)
        {
            _owned[number].Dispose();
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}

/// <summary>Steps that tests take with the initiator's machine.</summary>
internal static class InitiatorSteps
{
    /// <summary>Takes a message 2, and whatever derivation it asks for.</summary>
    public static DropReason? Take(this InitiatorHandshake initiator, ReadOnlySpan<byte> message2) =>
        initiator.HandleMessage2(message2, TestNode.Utc)
        ?? (initiator.Claim is { } claim ? initiator.HandleDerived(claim, claim.Derive()) : null);

    public static byte[] Poll(this InitiatorHandshake initiator, MonoTime now)
    {
        var datagram = new byte[HandshakeMessage1.Size];
        return datagram[..initiator.PollTransmit(now, datagram)];
    }
}
