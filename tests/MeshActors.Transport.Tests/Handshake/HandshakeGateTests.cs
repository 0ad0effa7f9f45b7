using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

/// <summary>What stands before the responder's asymmetric work (docs/protocol.md 3.4).</summary>
public sealed class HandshakeGateTests : IDisposable
{
    private static readonly MonoTime Start = TestNode.Start;

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly TestNode _alice;
    private readonly TestNode _bob;
    private readonly HandshakeGate _gate;
    private readonly InitiatorHandshake _dial;

    public HandshakeGateTests()
    {
        _alice = new TestNode(1, [_secret]);
        _bob = new TestNode(2, [_secret]);
        _gate = new HandshakeGate(_bob.Identity, _bob.Trust, _bob.Slab, new SeededRandom(3), new HandshakeLimits());
        _dial = _alice.Dial(_bob);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _alice.Dispose();
        _bob.Dispose();
        Assert.Equal(0, _bob.Slab.Rented);
        _secret.Dispose();
    }

    [Fact]
    public void Without_load_a_message_1_is_let_in_without_a_cookie() =>
        Assert.Same(_bob.Trust.Contexts[0], Handle(_dial.Message1, TestNode.Source).Context);

    [Fact]
    public void Under_load_a_message_1_without_a_cookie_is_dropped_with_a_smaller_reply()
    {
        var step = HandleUnderLoad(_dial.Message1, TestNode.Source);

        Assert.Equal((DropReason.CookieRequired, CookieReply.Size), (step.Reason, step.Reply.Length));
        Assert.Null(step.Context);
    }

    [Fact]
    public void A_copy_with_the_cookie_is_let_in_under_load_and_differs_in_the_cookie_field_alone()
    {
        var copy = CopyWithCookie(TestNode.Source);

        Assert.NotNull(HandleUnderLoad(copy, TestNode.Source).Context);
        Assert.Equal(_dial.Message1[..HandshakeMessage1.CookieOffset], copy.AsSpan(0, HandshakeMessage1.CookieOffset));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_cookie_counts_for_no_other_address_or_port(int addressOffset, int portOffset)
    {
        var source = TestNode.Source;
        var copy = CopyWithCookie(source);
        var other = source with
        {
            Bits = source.Bits + (UInt128)addressOffset,
            Port = (ushort)(source.Port + portOffset),
        };

        Assert.Equal(DropReason.BadCookie, Handle(copy, other).Reason);
    }

    [Fact]
    public void A_cookie_counts_for_the_secret_of_now_and_the_one_before()
    {
        var copy = CopyWithCookie(TestNode.Source);

        Assert.NotNull(Handle(copy, TestNode.Source, Start + (2 * CookieSecrets.Lifetime) - TimeSpan.FromSeconds(1)).Context);
        Assert.Equal(
            DropReason.BadCookie,
            Handle(copy, TestNode.Source, Start + (2 * CookieSecrets.Lifetime) + TimeSpan.FromSeconds(1)).Reason);
    }

    [Fact]
    public void A_secret_that_was_never_drawn_makes_no_cookie()
    {
        // Before the second secret is drawn the older one must be no known value.
        Span<byte> zeros = stackalloc byte[32];
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
        Span<byte> source = stackalloc byte[22];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(source, TestNode.Source.Bits);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(source[16..], TestNode.Source.Port);
        Sodium.Blake2bMac(zeros, source, cookie);
        var copy = _dial.Message1.ToArray();
        CookieSecrets.WriteMac2(cookie, copy);

        Assert.Equal(DropReason.BadCookie, Handle(copy, TestNode.Source).Reason);
    }

    [Fact]
    public void Any_flipped_bit_of_a_cookie_reply_is_refused_and_changes_nothing()
    {
        var reply = HandleUnderLoad(_dial.Message1, TestNode.Source).Reply.ToArray();
        var before = _dial.Message1.ToArray();
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];

        for (var bit = 0; bit < reply.Length * 8; bit++)
        {
            reply[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(_dial.ReadCookie(reply, cookie));
            reply[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(before, _dial.Message1);
        Assert.Equal(InitiatorState.Waiting, _dial.State);
        Assert.Null(_dial.ReadCookie(reply, cookie));
    }

    [Fact]
    public void A_cookie_reply_to_another_message_1_is_refused()
    {
        var other = _alice.Dial(_bob);
        var reply = HandleUnderLoad(other.Message1, TestNode.Source).Reply.ToArray();
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];

        Assert.Equal(DropReason.UnexpectedHandshake, _dial.ReadCookie(reply, cookie));
        HandshakeMessage1.Mac1Of(_dial.Message1).CopyTo(reply.AsSpan(CookieReply.MacOffset));
        Assert.Equal(DropReason.AuthenticationFailed, _dial.ReadCookie(reply, cookie));
    }

    [Fact]
    public void A_stranger_gets_no_cookie_under_load()
    {
        var message1 = _dial.Message1.ToArray();
        message1[HandshakeMessage1.MacOffset] ^= 1;

        var step = HandleUnderLoad(message1, TestNode.Source);

        Assert.Equal((DropReason.BadMac, 0), (step.Reason, step.Reply.Length));
    }

    [Fact]
    public void Load_begins_with_the_129th_message_in_100_ms_and_ends_a_second_after_the_last_sign()
    {
        var gauge = new LoadGauge(new HandshakeLimits());
        for (var message = 0; message < 128; message++)
        {
            Assert.False(gauge.Count(0, Start + TimeSpan.FromMilliseconds(message / 2)));
        }

        Assert.True(gauge.Count(0, Start + TimeSpan.FromMilliseconds(99)));
        Assert.True(gauge.Count(0, Start + TimeSpan.FromMilliseconds(1_098)));
        Assert.False(gauge.Count(0, Start + TimeSpan.FromMilliseconds(1_099)));
    }

    [Fact]
    public void A_hundred_messages_each_tenth_of_a_second_are_no_load()
    {
        var gauge = new LoadGauge(new HandshakeLimits());

        Assert.All(
            Enumerable.Range(0, 10_000),
            message => Assert.False(gauge.Count(0, Start + TimeSpan.FromMilliseconds(message))));
    }

    [Fact]
    public void Answers_that_wait_are_load()
    {
        var gauge = new LoadGauge(new HandshakeLimits());

        Assert.False(gauge.Count(answersWaiting: 32, Start));
        Assert.True(gauge.Count(answersWaiting: 33, Start));
    }

    /// <summary>Sources of messages without a cookie can be forged: what they use up must not be missing to others.</summary>
    [Fact]
    public void When_forged_sources_have_used_everything_up_a_cookie_still_leads_in()
    {
        var now = Start;
        for (var forged = 0u; forged < 5_000; forged++)
        {
            now += TimeSpan.FromMilliseconds(1);
            Handle(_dial.Message1, TestNode.Source with { Bits = TestNode.Source.Bits + (forged << 8) }, now);
        }

        var refused = Handle(_dial.Message1, TestNode.Source, now);
        var let = Handle(CopyWithCookie(refused.Reply.Span), TestNode.Source, now);

        Assert.Equal(DropReason.CookieRequired, refused.Reason);
        Assert.NotNull(let.Context);
    }

    [Fact]
    public void Cookies_sent_to_one_prefix_are_bounded()
    {
        var sent = Enumerable.Range(0, 1_000)
            .Count(_ => !HandleUnderLoad(_dial.Message1, TestNode.Source).Reply.IsEmpty);

        Assert.InRange(sent, 1, 10_000 / 2);
        Assert.Equal(DropReason.RateLimited, DrainReplies());
    }

    /// <summary>Only ever extended; computed by a second implementation.</summary>
    [Fact]
    public void Golden_bytes_of_cookie_reply_mac2_and_version_list()
    {
        var responderKey = Bytes32.From(Enumerable.Range(1, 32).Select(number => (byte)number).ToArray());
        var message1 = Enumerable.Range(0, HandshakeMessage1.Size).Select(number => unchecked((byte)(number * 7))).ToArray();
        var cookie = Enumerable.Range(0xA0, CookieReply.CookieSize).Select(number => (byte)number).ToArray();
        using var context = new ResponderContext(_bob.Slab, responderKey, TrustContext.PinnedRoots);
        var reply = new byte[CookieReply.Size];
        var versions = new byte[VersionReply.Size];

        context.Cookies.Write(message1, cookie, new SeededRandom(1), reply);
        VersionReply.Write(versions, message1, [3, 2]);
        context.Versions.Write(versions.AsSpan(0, VersionReply.OwnMacOffset), versions.AsSpan(VersionReply.OwnMacOffset));
        CookieSecrets.WriteMac2(cookie, message1);

        Assert.Equal(
            "c2010000f0f7fe050c131a21282f363d444b5259783825822a6f9e62da2190e803712f79244e6d5a4e90018a6cbcb53df8be05b4cdd66bd6"
            + "afbdeea3f9e81345",
            Convert.ToHexStringLower(reply));
        Assert.Equal(
            "c3000000f0f7fe050c131a21282f363d444b5259030200000000000050a260dbd2adefb9a23a1484bdd75499",
            Convert.ToHexStringLower(versions));
        Assert.Equal(
            "b6a4c6312e3567579c886bef1e4707cd", Convert.ToHexStringLower(HandshakeMessage1.CookieFieldOf(message1)));
    }

    private GateStep Handle(ReadOnlySpan<byte> message1, UdpEndpoint from, MonoTime? now = null) =>
        _gate.Handle(message1, from, answersWaiting: 0, now ?? Start);

    private GateStep HandleUnderLoad(ReadOnlySpan<byte> message1, UdpEndpoint from) =>
        _gate.Handle(message1, from, answersWaiting: 1_000, Start);

    private DropReason? DrainReplies()
    {
        for (var sent = 0; sent < 10_000; sent++)
        {
            if (HandleUnderLoad(_dial.Message1, TestNode.Source) is { Reply.IsEmpty: true } step)
            {
                return step.Reason;
            }
        }

        return null;
    }

    private byte[] CopyWithCookie(UdpEndpoint source) => CopyWithCookie(HandleUnderLoad(_dial.Message1, source).Reply.Span);

    private byte[] CopyWithCookie(ReadOnlySpan<byte> reply)
    {
        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
        Assert.Null(_dial.ReadCookie(reply, cookie));
        var copy = _dial.Message1.ToArray();
        CookieSecrets.WriteMac2(cookie, copy);
        return copy;
    }
}
