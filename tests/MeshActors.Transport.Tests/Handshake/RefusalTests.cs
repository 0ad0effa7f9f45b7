using System;
using CsCheck;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

/// <summary>Each refusal of docs/protocol.md 2.2 and 3: nothing to send, and the reason counted.</summary>
public sealed class RefusalTests : IDisposable
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly TestNode _alice;
    private readonly TestNode _bob;

    public RefusalTests()
    {
        _alice = new TestNode(1, [_secret]);
        _bob = new TestNode(2, [_secret]);
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void Any_flipped_bit_of_message_1_is_refused()
    {
        var message1 = _alice.Dial(_bob).Message1.ToArray();

        for (var bit = 0; bit < message1.Length * 8; bit++)
        {
            var flipped = Flip(message1, bit);

            var step = _bob.Handle(flipped);

            var expected = (bit / 8) switch
            {
                0 or 3 => DropReason.BadHeader,
                >= HandshakeMessage1.CookieOffset => DropReason.BadCookie,
                1 => DropReason.UnsupportedVersion,
                2 => DropReason.UnsupportedSuite,
                _ => DropReason.BadMac,
            };
            Assert.Equal((bit, ResponderOutcome.Dropped, expected), (bit, step.Outcome, step.Reason));
            Assert.True(step.Answer.IsEmpty && step.Handshake is null);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(36)]
    [InlineData(84)]
    [InlineData(600)]
    [InlineData(1_167)]
    public void A_flipped_bit_under_a_valid_mac1_is_refused_by_noise(int offset)
    {
        var message1 = Flip(_alice.Dial(_bob).Message1.ToArray(), offset * 8);
        using var mac1 = HandshakeKeying.Mac1(_bob.Identity.Certificate.StaticKey, _bob.Trust.Contexts[0]);
        mac1.Write(message1.AsSpan(0, HandshakeMessage1.MacOffset), message1.AsSpan(HandshakeMessage1.MacOffset));

        AssertRefused(DropReason.AuthenticationFailed, message1);
    }

    [Fact]
    public void Any_flipped_bit_of_message_2_is_refused_and_the_true_one_still_counts()
    {
        var initiator = _alice.Dial(_bob);
        _ = _bob.Accept(initiator.Message1, out var message2);

        for (var bit = 0; bit < message2.Length * 8; bit++)
        {
            var expected = (bit / 8) switch
            {
                0 or 3 => DropReason.BadHeader,
                1 => DropReason.UnsupportedVersion,
                2 => DropReason.UnsupportedSuite,
                < HandshakeMessage2.HeaderSize => DropReason.UnexpectedHandshake,
                _ => DropReason.AuthenticationFailed,
            };
            Assert.Equal((bit, expected), (bit, initiator.Take(Flip(message2, bit))!.Value));
        }

        Assert.Null(initiator.Take(message2));
        Assert.Equal(InitiatorState.Completed, initiator.State);
        Assert.Equal(DropReason.UnexpectedHandshake, initiator.Take(message2));
    }

    [Fact]
    public void A_foreign_fleets_secret_is_refused()
    {
        using var foreign = FleetSecret.Generate(new SeededRandom(8));
        using var mallory = new TestNode(3, [foreign]);

        AssertRefused(DropReason.BadMac, mallory.Dial(_bob).Message1);
    }

    [Fact]
    public void A_node_without_trust_refuses_everyone()
    {
        using var hermit = new TestNode(3, []);

        Assert.Equal(
            DropReason.BadMac,
            hermit.Check(_alice.Dial(hermit.Identity.Certificate, TrustContext.PinnedRoots).Message1).Reason);
    }

    [Fact]
    public void A_root_that_is_not_pinned_is_refused()
    {
        using var dave = new TestNode(4, [], [_bob.Identity.Root]);

        Assert.Equal(
            DropReason.WrongRootKey,
            dave.Check(_alice.Dial(dave.Identity.Certificate, TrustContext.PinnedRoots).Message1).Reason);
    }

    [Fact]
    public void Without_the_secret_message_2_of_an_impostor_is_refused()
    {
        // The impostor has the responder's static key, but not the fleet's secret: mac1 aside, psk holds it back.
        using var pinning = new TestNode(2, [], [_alice.Identity.Root]);
        var initiator = _alice.Dial(_bob);
        var message1 = initiator.Message1.ToArray();
        using var mac1 = HandshakeKeying.Mac1(pinning.Identity.Certificate.StaticKey, TrustContext.PinnedRoots);
        mac1.Write(message1.AsSpan(0, HandshakeMessage1.MacOffset), message1.AsSpan(HandshakeMessage1.MacOffset));

        Assert.Equal(DropReason.AuthenticationFailed, pinning.Check(message1).Reason);
    }

    [Fact]
    public void An_expired_certificate_is_refused_by_the_responder()
    {
        using var late = Node(3, (root, random) => TestNode.Issue(root, random, TestNode.Utc - Month));

        AssertRefused(DropReason.CertificateExpired, late.Dial(_bob).Message1);
    }

    [Fact]
    public void A_certificate_that_is_not_yet_valid_is_refused_by_the_responder()
    {
        using var early = Node(3, (root, random) => TestNode.Issue(root, random, TestNode.Utc + Month));

        AssertRefused(DropReason.CertificateNotYetValid, early.Dial(_bob).Message1);
    }

    [Fact]
    public void An_address_that_is_not_derived_from_the_root_is_refused_by_the_responder()
    {
        using var thief = Node(3, (root, random) => WithAddress(root, random, _bob.Identity.Address));

        AssertRefused(DropReason.AddressNotDerived, thief.Dial(_bob).Message1);
    }

    [Fact]
    public void An_address_of_another_realm_is_refused_by_the_responder()
    {
        using var stranger = Node(3, (root, random) =>
            WithAddress(root, random, new MeshAddress(1, TestNode.AddressOf(root).Value)));

        AssertRefused(DropReason.WrongRealm, stranger.Dial(_bob).Message1);
    }

    [Fact]
    public void A_certificate_with_another_static_key_is_refused_by_the_responder()
    {
        using var borrower = Node(3, (root, random) => WithStaticKey(root, random, X25519KeyPair.Generate(random)));

        AssertRefused(DropReason.WrongStaticKey, borrower.Dial(_bob).Message1);
    }

    [Fact]
    public void A_certificate_that_its_root_did_not_sign_is_refused_by_the_responder()
    {
        using var forger = Node(3, WithForgedSignature);

        AssertRefused(DropReason.BadCertificate, forger.Dial(_bob).Message1);
    }

    [Fact]
    public void Our_own_root_coming_from_elsewhere_is_refused_by_the_responder()
    {
        using var clone = Node(2, (root, random) => TestNode.Issue(root, new SeededRandom(99), TestNode.Utc));
        var initiator = CloneDials(clone);

        AssertRefused(DropReason.WrongRootKey, initiator.Message1);
    }

    [Fact]
    public void An_expired_certificate_is_refused_by_the_initiator() => AssertInitiatorRefuses(
        DropReason.CertificateExpired,
        (root, random) => TestNode.Issue(root, random, TestNode.Utc - Month));

    [Fact]
    public void A_certificate_that_is_not_yet_valid_is_refused_by_the_initiator() => AssertInitiatorRefuses(
        DropReason.CertificateNotYetValid,
        (root, random) => TestNode.Issue(root, random, TestNode.Utc + Month));

    [Fact]
    public void An_address_that_is_not_derived_from_the_root_is_refused_by_the_initiator() => AssertInitiatorRefuses(
        DropReason.AddressNotDerived,
        (root, random) => WithAddress(root, random, new MeshAddress(0, 0xA91F_0000_7C2E)));

    [Fact]
    public void A_certificate_that_its_root_did_not_sign_is_refused_by_the_initiator() =>
        AssertInitiatorRefuses(DropReason.BadCertificate, WithForgedSignature);

    [Fact]
    public void A_root_that_was_not_dialled_is_refused_by_the_initiator() => AssertInitiatorRefuses(
        DropReason.WrongRootKey,
        (root, random) => TestNode.Issue(root, random, TestNode.Utc),
        identity => Resigned(identity, RootIdentity.Create(new SeededRandom(50)), identity.Address));

    [Fact]
    public void An_address_that_was_not_dialled_is_refused_by_the_initiator()
    {
        // The responder's own prologue holds its own address, so a wrong one ends as early as message 1.
        var dialled = WithAddress(_bob.Root, new SeededRandom(60), new MeshAddress(0, 1)).Certificate;
        var wrong = CertificateWith(_bob.Root, dialled.Address, _bob.Identity);

        AssertRefused(DropReason.AuthenticationFailed, _alice.Dial(wrong, _alice.Trust.Contexts[0]).Message1);
        Assert.Equal(DropReason.WrongAddress, CertificateCheck.Dialled(_bob.Identity.Certificate, wrong));
    }

    [Fact]
    public void Random_bytes_never_throw_and_are_never_answered() =>
        Gen.Byte.Array[0, 1_300].Sample(datagram =>
        {
            using var initiator = _alice.Dial(_bob);
            return _bob.Handle(datagram).Outcome == ResponderOutcome.Dropped
                && initiator.HandleMessage2(datagram, TestNode.Utc) is not null
                && initiator.State == InitiatorState.Waiting;
        }, iter: 500, threads: 1);

    [Fact]
    public void Random_bytes_of_the_right_length_and_header_never_throw() =>
        Gen.Byte.Array[HandshakeMessage1.Size].Sample(datagram =>
        {
            HandshakeMessage1.WriteHeader(datagram, (byte)CipherSuite.ChaCha20Poly1305);
            datagram.AsSpan(HandshakeMessage1.CookieOffset).Clear();
            using var mac1 = HandshakeKeying.Mac1(_bob.Identity.Certificate.StaticKey, _bob.Trust.Contexts[0]);
            mac1.Write(datagram.AsSpan(0, HandshakeMessage1.MacOffset), datagram.AsSpan(HandshakeMessage1.MacOffset));
            using var initiator = _alice.Dial(_bob);
            var message2 = datagram[..HandshakeMessage2.Size];
            HandshakeMessage2.WriteHeader(message2, (byte)CipherSuite.Aes256Gcm, initiator.ConnectionId);

            return _bob.Check(datagram).Reason == DropReason.AuthenticationFailed
                && initiator.Take(message2) == DropReason.AuthenticationFailed;
        }, iter: 200, threads: 1);

    private static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static NodeIdentity WithAddress(RootIdentity root, IRandomSource random, MeshAddress address) =>
        NodeIdentity.Issue(root, address, 0, NodeRoles.Agent, TestNode.Utc, TimeSpan.FromDays(14), random);

    private static NodeIdentity WithStaticKey(RootIdentity root, IRandomSource random, X25519KeyPair other)
    {
        using var named = TestNode.Issue(root, random, TestNode.Utc);
        return new NodeIdentity(named.Certificate, other, Ed25519KeyPair.Generate(random));
    }

    private static NodeIdentity WithForgedSignature(RootIdentity root, IRandomSource random)
    {
        var staticKey = X25519KeyPair.Generate(random);
        Span<byte> bytes = stackalloc byte[NodeCertificate.Size];
        using var signed = TestNode.Issue(root, random, TestNode.Utc);
        signed.Certificate.Write(bytes);
        staticKey.PublicKey.CopyTo(bytes[100..]);
        Assert.True(NodeCertificate.TryRead(bytes, out var forged));
        return new NodeIdentity(forged, staticKey, Ed25519KeyPair.Generate(random));
    }

    /// <summary>The certificate of another root over the keys of an identity.</summary>
    private static NodeCertificate Resigned(NodeIdentity identity, RootIdentity root, MeshAddress address) =>
        CertificateWith(root, address, identity);

    private static NodeCertificate CertificateWith(RootIdentity root, MeshAddress address, NodeIdentity keys) =>
        NodeCertificate.Sign(
            root,
            address,
            salt: 0,
            NodeRoles.Agent,
            CipherSuites.Aes256Gcm,
            TestNode.Utc,
            TestNode.Utc,
            TestNode.Utc + Month,
            keys.Certificate.OperationalKey,
            keys.Certificate.StaticKey);

    private TestNode Node(ulong seed, Func<RootIdentity, IRandomSource, NodeIdentity> issue) =>
        new(seed, [_secret], issue: issue);

    private InitiatorHandshake CloneDials(TestNode clone)
    {
        // The machine itself refuses to dial its own root, so the certificate dialled names another one.
        var dialled = Resigned(_bob.Identity, RootIdentity.Create(new SeededRandom(51)), _bob.Identity.Address);
        return clone.Dial(dialled, clone.Trust.Contexts[0]);
    }

    /// <summary>The responder drops it for this reason, has nothing to send, and keeps nothing.</summary>
    private void AssertRefused(DropReason reason, ReadOnlySpan<byte> message1)
    {
        var rented = _bob.Slab.Rented;

        var step = _bob.Check(message1);

        Assert.Equal((ResponderOutcome.Dropped, reason), (step.Outcome, step.Reason));
        Assert.True(step.Answer.IsEmpty && step.Handshake is null);
        Assert.Equal(rented, _bob.Slab.Rented);
    }

    /// <summary>The initiator refuses a responder with this certificate, ends its attempt and sends nothing more.</summary>
    private void AssertInitiatorRefuses(
        DropReason reason,
        Func<RootIdentity, IRandomSource, NodeIdentity> issue,
        Func<NodeIdentity, NodeCertificate>? dialled = null)
    {
        using var responder = Node(3, issue);
        var certificate = dialled is null ? responder.Identity.Certificate : dialled(responder.Identity);
        var initiator = _alice.Dial(certificate, _alice.Trust.Contexts[0]);
        _ = responder.Accept(initiator.Message1, out var message2);

        Assert.Equal(reason, initiator.Take(message2));

        Assert.Equal((InitiatorState.Refused, reason), (initiator.State, initiator.LastRefusal!.Value));
        Assert.Empty(initiator.Poll(TestNode.Start + TimeSpan.FromSeconds(1)));
        Assert.Null(initiator.NextTimeout);
        Assert.Throws<InvariantException>(initiator.TakeResult);
    }
}
