using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Session;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

public sealed class HandshakeTests : IDisposable
{
    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly TestNode _alice;
    private readonly TestNode _bob;

    public HandshakeTests()
    {
        _alice = new TestNode(1, [_secret]);
        _bob = new TestNode(2, [_secret]);
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        Assert.Equal(0, _alice.Slab.Rented);
        Assert.Equal(0, _bob.Slab.Rented);
        _secret.Dispose();
    }

    [Fact]
    public void Both_sides_end_with_each_others_certificate_ids_and_keys()
    {
        var initiator = _alice.Dial(_bob);

        var atBob = _bob.Accept(initiator.Message1, out var message2);
        Assert.Null(initiator.Take(message2));
        using var atAlice = initiator.TakeResult();

        Assert.Equal(HandshakeMessage1.Size, initiator.Message1.Length);
        Assert.Equal(HandshakeMessage2.Size, message2.Length);
        Assert.Equal(_alice.Identity.Certificate, atBob.Peer);
        Assert.Equal(_bob.Identity.Certificate, atAlice.Peer);
        Assert.Equal((0x1111ul, 0x2222ul), (atBob.PeerIncarnation, atAlice.PeerIncarnation));
        Assert.Equal(initiator.ConnectionId, atBob.PeerConnectionId);
        Assert.Equal((0x8000_0001u, 0xFFFF_FFFFu), (atBob.PeerFeatures, atAlice.PeerFeatures));
        Assert.Equal(atAlice.Attempt, atBob.Attempt);
        Assert.True(atBob.Context.IsFleet);
    }

    /// <summary>Only ever changed together with the version; those of AES were computed by a second implementation.</summary>
    [Theory]
    [InlineData(
        1,
        "6a1cbefc10ac612765b2a84b50c23ee95ba9bb9c728ad3e8c7e9fb59b808db35",
        "44350a84f94dd7b26652ccf798b7a7ae57ac5d407f0449bb70545d3c6429059d")]
    [InlineData(
        2,
        "379260d0d004bbd47840062d1c119241ed046fed6853c29a223cd9c55f53a29e",
        "a9de1576ae35ee175e4ba9cd97a568fcaa5d9b47147c24934185efdc73caa8cc")]
    public void Golden_digests_of_both_messages(int number, string first, string second)
    {
        var suite = (CipherSuite)number;
        var offered = (CipherSuites)number;
        using var alice = new TestNode(1, [_secret], issue: (root, random) => TestNode.Issue(root, random, TestNode.Utc, offered));
        using var bob = new TestNode(2, [_secret], issue: (root, random) => TestNode.Issue(root, random, TestNode.Utc, offered));
        var initiator = alice.Dial(bob.Identity.Certificate, alice.Trust.Contexts[0], suite: suite);
        _ = bob.Accept(initiator.Message1, out var message2);

        Assert.Equal(first, Convert.ToHexStringLower(SHA256.HashData(initiator.Message1)));
        Assert.Equal(second, Convert.ToHexStringLower(SHA256.HashData(message2)));
    }

    /// <summary>A machine without AES instructions has one suite, and finds it in everybody's certificate.</summary>
    [Theory]
    [InlineData(2, 3, 2)]
    [InlineData(3, 2, 2)]
    [InlineData(0xFFFF, 0xFFFF, 1)]
    [InlineData(2, 1, null)]
    [InlineData(0xFFFC, 0xFFFF, null)]
    public void The_suite_is_the_best_that_both_have(int own, int peer, int? expected) =>
        Assert.Equal((CipherSuite?)expected, CipherSuiteChoice.Choose((CipherSuites)own, (CipherSuites)peer));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_suite_of_the_header_is_that_of_handshake_and_packets(int number)
    {
        var suite = (CipherSuite)number;
        var initiator = _alice.Dial(_bob.Identity.Certificate, _alice.Trust.Contexts[0], suite: suite);
        var atBob = _bob.Accept(initiator.Message1, out var message2);
        Assert.Null(initiator.Take(message2));
        using var atAlice = initiator.TakeResult();

        Assert.Equal((number, number), (initiator.Message1[2], message2[2]));
        Assert.Equal((suite, suite), (atAlice.Keys.Send.Suite, atBob.Keys.Receive.Suite));
    }

    [Fact]
    public void A_suite_that_the_certificate_does_not_offer_is_refused()
    {
        using var weak = new TestNode(3, [_secret], issue: (root, random) =>
            TestNode.Issue(root, random, TestNode.Utc, CipherSuites.ChaCha20Poly1305));
        var initiator = _alice.Dial(weak.Identity.Certificate, _alice.Trust.Contexts[0], suite: CipherSuite.Aes256Gcm);

        Assert.Equal(DropReason.UnsupportedSuite, weak.Handle(initiator.Message1).Reason);
    }

    [Fact]
    public void Packets_under_the_keys_open_on_the_other_side_only()
    {
        var initiator = _alice.Dial(_bob);
        var atBob = _bob.Accept(initiator.Message1, out var message2);
        Assert.Null(initiator.Take(message2));
        var atAlice = initiator.TakeResult();
        using var alice = new PacketProtection(atAlice.Keys, atAlice.PeerConnectionId);
        using var bob = new PacketProtection(atBob.Keys, atBob.PeerConnectionId);
        var packet = new byte[PacketProtection.Overhead + 5];
        "hello"u8.CopyTo(packet.AsSpan(PacketHeader.Size));

        Assert.Equal(packet.Length, alice.Seal(packet, 0, 5));
        Assert.Equal(DropReason.AuthenticationFailed, alice.TryOpen((byte[])packet.Clone(), out _, out _));
        Assert.Null(bob.TryOpen(packet, out var number, out var frames));

        Assert.Equal(0ul, number);
        Assert.Equal("hello"u8.ToArray(), packet[frames]);
    }

    [Fact]
    public void Nodes_that_pinned_each_other_need_no_secret()
    {
        using var carol = new TestNode(3, []);
        using var dave = new TestNode(4, [], [carol.Identity.Root]);
        using var carolPinning = new TestNode(3, [], [dave.Identity.Root]);

        var initiator = carolPinning.Dial(dave);
        var atDave = dave.Accept(initiator.Message1, out var message2);

        Assert.Null(initiator.Take(message2));
        Assert.Equal(InitiatorState.Completed, initiator.State);
        Assert.False(atDave.Context.IsFleet);
    }

    [Fact]
    public void A_peer_with_the_other_of_two_secrets_is_let_in()
    {
        using var next = FleetSecret.Generate(new SeededRandom(8));
        using var moved = new TestNode(5, [next, _secret]);

        _ = moved.Accept(_alice.Dial(moved).Message1, out var message2);

        Assert.Equal(HandshakeMessage2.Size, message2.Length);
    }

    [Fact]
    public void Copies_of_message_1_are_identical_and_sent_at_0_250_750_1750_and_3750_ms()
    {
        var initiator = _alice.Dial(_bob);
        var sent = new List<(double, byte[])>();

        while (initiator.State == InitiatorState.Waiting)
        {
            var now = initiator.NextTimeout!.Value;
            initiator.HandleTimeout(now);
            while (initiator.Poll(now) is { Length: > 0 } datagram)
            {
                sent.Add(((now - TestNode.Start).TotalMilliseconds, datagram));
            }

            if (initiator.State == InitiatorState.TimedOut)
            {
                Assert.Equal(5_000, (now - TestNode.Start).TotalMilliseconds);
            }
        }

        Assert.Equal([0, 250, 750, 1_750, 3_750], sent.Select(one => one.Item1));
        Assert.All(sent, one => Assert.Equal(sent[0].Item2, one.Item2));
        Assert.Equal(InitiatorState.TimedOut, initiator.State);
        Assert.Null(initiator.NextTimeout);
    }

    [Fact]
    public void A_copy_gets_the_same_message_2_until_the_session_is_confirmed()
    {
        var initiator = _alice.Dial(_bob);
        var result = _bob.Accept(initiator.Message1, out var message2);

        var copy = _bob.Check(initiator.Message1);
        _bob.Register.HandleConfirmed(result.Attempt);
        var replay = _bob.Check(initiator.Message1);

        Assert.Equal(ResponderOutcome.AnswerAgain, copy.Outcome);
        Assert.Equal(message2, copy.Answer.ToArray());
        Assert.Equal((ResponderOutcome.Dropped, DropReason.HandshakeReplayed), (replay.Outcome, replay.Reason));
        Assert.True(replay.Answer.IsEmpty);
    }

    [Fact]
    public void A_copy_after_the_handshake_timeout_is_a_replay()
    {
        var initiator = _alice.Dial(_bob);
        _ = _bob.Accept(initiator.Message1, out _);
        var later = TestNode.Start + RetransmitSchedule.DefaultTimeout;

        Assert.Equal(later, _bob.Register.NextTimeout);
        _bob.Register.HandleTimeout(later, TestNode.Utc);
        var replay = _bob.Check(initiator.Message1, later);

        Assert.Equal((ResponderOutcome.Dropped, DropReason.HandshakeReplayed), (replay.Outcome, replay.Reason));
        Assert.Null(_bob.Register.NextTimeout);
    }

    [Fact]
    public void A_message_1_older_than_one_accepted_is_a_replay()
    {
        var older = _alice.Dial(_bob);
        var newer = _alice.Dial(_bob);
        _ = _bob.Accept(newer.Message1, out _);

        Assert.Equal(DropReason.HandshakeReplayed, _bob.Check(older.Message1).Reason);
    }

    [Fact]
    public void Who_is_refused_for_an_older_timestamp_is_told_the_last_one_and_nobody_else_can_read_or_make_that()
    {
        var context = _alice.Trust.Contexts[0];
        _ = _bob.Accept(_alice.Dial(_bob.Identity.Certificate, context, utcNow: TestNode.Utc + TimeSpan.FromMinutes(5)).Message1, out _);
        using var restarted = new TestNode(1, [_secret]);
        var behind = restarted.Dial(_bob);
        var other = restarted.Dial(_bob);

        var reply = _bob.Check(behind.Message1).Answer.ToArray();

        Assert.Equal(TimestampReply.Size, reply.Length);
        Assert.Null(behind.ReadTimestamp(reply, out var last));
        Assert.Equal(AttemptTimestamps.Of(TestNode.Utc + TimeSpan.FromMinutes(5)), last);
        Assert.Equal(DropReason.UnexpectedHandshake, other.ReadTimestamp(reply, out _));
        for (var index = 0; index < reply.Length; index++)
        {
            reply[index] ^= 1;
            Assert.NotNull(behind.ReadTimestamp(reply, out _));
            reply[index] ^= 1;
        }
    }

    [Fact]
    public void A_copy_of_the_last_message_1_and_one_of_a_root_that_is_not_known_are_told_nothing()
    {
        var last = _alice.Dial(_bob);
        _bob.Register.HandleConfirmed(_bob.Accept(last.Message1, out _).Attempt);

        Assert.True(_bob.Check(last.Message1).Answer.IsEmpty);
        _bob.Register.HandleTimeout(TestNode.Start + RetransmitSchedule.DefaultTimeout, TestNode.Utc);
        var copy = _bob.Check(last.Message1, TestNode.Start + RetransmitSchedule.DefaultTimeout);
        Assert.Equal(DropReason.HandshakeReplayed, copy.Reason);
        Assert.True(copy.Answer.IsEmpty);
    }

    [Fact]
    public void A_later_attempt_takes_the_place_of_the_one_before()
    {
        var first = _alice.Dial(_bob);
        var second = _alice.Dial(_bob);
        _ = _bob.Accept(first.Message1, out _);
        _ = _bob.Accept(second.Message1, out var message2);

        Assert.Equal(DropReason.HandshakeReplayed, _bob.Check(first.Message1).Reason);
        Assert.Equal(message2, _bob.Check(second.Message1).Answer.ToArray());
        Assert.Null(second.Take(message2));
    }

    [Fact]
    public void A_copy_while_the_derivation_is_under_way_asks_for_none()
    {
        var initiator = _alice.Dial(_bob);

        var first = _bob.Handle(initiator.Message1);
        var copy = _bob.Handle(initiator.Message1);
        var later = _bob.Handle(_alice.Dial(_bob).Message1);
        var derived = _bob.Register.HandleDerived(first.Claim, first.Claim.Derive(), TestNode.Start);
        using var handshake = derived.Handshake;

        Assert.Equal(ResponderOutcome.DerivationNeeded, first.Outcome);
        Assert.Equal(ResponderOutcome.DerivationUnderWay, copy.Outcome);
        Assert.Equal(ResponderOutcome.DerivationUnderWay, later.Outcome);
        Assert.Equal(ResponderOutcome.Checked, derived.Outcome);
        Assert.True(handshake!.Attempt != HandshakeKeying.DigestOf(initiator.Message1), "the later attempt goes on");
    }

    [Fact]
    public void A_derivation_that_never_ends_is_given_up()
    {
        var step = _bob.Handle(_alice.Dial(_bob).Message1);
        var later = TestNode.Start + RetransmitSchedule.DefaultTimeout;

        _bob.Register.HandleTimeout(later, TestNode.Utc);

        Assert.Equal(0, _bob.Slab.Rented);
        Assert.Equal(
            DropReason.UnexpectedHandshake,
            _bob.Register.HandleDerived(step.Claim, step.Claim.Derive(), later).Reason);
    }

    [Fact]
    public void The_second_handshake_of_a_root_needs_no_derivation()
    {
        _ = _bob.Accept(_alice.Dial(_bob).Message1, out _);

        var step = _bob.Handle(_alice.Dial(_bob).Message1);
        using var handshake = step.Handshake;

        Assert.Equal(ResponderOutcome.Checked, step.Outcome);
    }

    [Fact]
    public void A_node_does_not_dial_itself() =>
        Assert.Throws<ArgumentException>(() => _alice.Dial(_alice));
}
