using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

/// <summary>What a responder holds at most, however many members of the fleet dial it.</summary>
public sealed class ResponderBoundsTests : IDisposable
{
    /// <summary>Seeds of diallers begin here, away from the responder's own.</summary>
    private const ulong First = 100;

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly TestNode _bob;
    private ulong _timestamp;

    public ResponderBoundsTests()
    {
        _bob = new TestNode(2, [_secret]);
    }

    public void Dispose()
    {
        _bob.Dispose();
        Assert.Equal(0, _bob.Slab.Rented);
        _secret.Dispose();
    }

    [Fact]
    public void Derivations_under_way_are_bounded_and_a_root_has_one()
    {
        for (var dialler = 0; dialler < ResponderRegister.MaxDerivations; dialler++)
        {
            Assert.Equal(ResponderOutcome.DerivationNeeded, Handle(First + (ulong)dialler, salt: 0).Outcome);
        }

        Assert.Equal(DropReason.LimitReached, Handle(seed: 5_000, salt: 0).Reason);
        Assert.Equal(DropReason.LimitReached, Handle(seed: First, salt: 1).Reason);
        Assert.Equal(ResponderOutcome.DerivationUnderWay, Handle(seed: First, salt: 0).Outcome);

        _bob.Register.HandleTimeout(TestNode.Start + RetransmitSchedule.DefaultTimeout, TestNode.Utc);

        Assert.Equal(ResponderOutcome.DerivationNeeded, Handle(seed: 5_000, salt: 0).Outcome);
    }

    [Fact]
    public void Answers_are_bounded_and_a_root_that_has_one_may_try_again()
    {
        for (var dialler = 0; dialler < ResponderRegister.MaxAnswers; dialler++)
        {
            Accept(First + (ulong)dialler);
        }

        Assert.Equal(DropReason.LimitReached, HandleDerived(seed: 5_000).Reason);
        Accept(seed: First);

        _bob.Register.HandleTimeout(TestNode.Start + RetransmitSchedule.DefaultTimeout, TestNode.Utc);

        Accept(seed: 5_000);
    }

    private static MeshAddress AddressOf(ulong seed) => new(0, seed + 1);

    private void Accept(ulong seed)
    {
        var step = HandleDerived(seed);
        Assert.Equal(ResponderOutcome.Checked, step.Outcome);
        _bob.Register.Accept(step.Handshake!, 1, 1, 0, TestNode.Start, out _).Dispose();
    }

    /// <summary>As <see cref="Handle"/>, with the derivation made beforehand.</summary>
    private ResponderStep HandleDerived(ulong seed)
    {
        using var root = RootIdentity.Create(new SeededRandom(seed));
        _bob.Derived.Remember(new AddressClaim(root.PublicKey, AddressOf(seed), Salt: 0), AddressOf(seed));
        return Handle(seed, salt: 0);
    }

    private ResponderStep Handle(ulong seed, ushort salt)
    {
        using var root = RootIdentity.Create(new SeededRandom(seed));
        using var identity = NodeIdentity.Issue(
            root, AddressOf(seed), salt, NodeRoles.Agent, TestNode.Utc, TimeSpan.FromDays(1), new SeededRandom(seed + 10_000));
        using var initiator = new InitiatorHandshake(
            new HandshakeAttempt
            {
                Identity = identity,
                Responder = _bob.Identity.Certificate,
                Suite = CipherSuite.ChaCha20Poly1305,
                Context = _bob.Trust.Contexts[0],
                Incarnation = 1,
                ConnectionId = 1,
                Features = 0,
                Timestamp = ++_timestamp,
            },
            _bob.Slab,
            _bob.Derived,
            new SeededRandom(_timestamp),
            TestNode.Start,
            RetransmitSchedule.DefaultTimeout);
        return _bob.Handle(initiator.Message1);
    }
}
