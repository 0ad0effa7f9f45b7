using System;
using CsCheck;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Session;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Session;

public sealed class PacketProtectionTests : IDisposable
{
    private const ulong ConnectionId = 0x0102_0304_0506_0708;

    private readonly SessionKeySlab _slab = new();
    private readonly PacketProtection _alice;
    private readonly PacketProtection _bob;
    private ulong _next;

    public PacketProtectionTests()
    {
        _alice = new PacketProtection(Keys(sendsFirst: true), ConnectionId, keyPhase: 1);
        _bob = new PacketProtection(Keys(sendsFirst: false), ConnectionId + 1, keyPhase: 1);
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        Assert.Equal(0, _slab.Rented);
        _slab.Dispose();
    }

    [Fact]
    public void A_packet_is_29_bytes_longer_than_its_frames_and_opens_to_them() =>
        Gen.Byte.Array[1, 1_400].Sample(frames =>
        {
            var expected = _next;
            var packet = Seal(frames);

            return packet.Length == frames.Length + 29
                && _bob.TryOpen(packet, out var number, out var range) is null
                && number == expected
                && packet.AsSpan(range).SequenceEqual(frames);
        }, threads: 1);

    /// <summary>Only ever changed together with the version: peers of another build must open these bytes.</summary>
    [Fact]
    public void Golden_bytes_of_the_first_packet() => Assert.Equal(
        "e1010203040506070800000000f4c82ef2149a4a7cb6f9ec933fd95ba8f556c1fcdca4",
        Convert.ToHexStringLower(Seal("frames"u8)));

    [Fact]
    public void Any_flipped_bit_is_refused_and_the_true_packet_still_opens()
    {
        var packet = Seal("frames"u8);

        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            // The connection id leads to another session, or to none; here it is tried against this one.
            var flipped = (byte[])packet.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var reason = _bob.TryOpen(flipped, out _, out _);
            var expected = bit / 8 == 0 && bit >= 2 ? DropReason.UnknownType : DropReason.AuthenticationFailed;
            Assert.Equal((bit, expected), (bit, reason!.Value));
        }

        Assert.Null(_bob.TryOpen(packet, out _, out _));
    }

    [Fact]
    public void A_replayed_packet_is_refused()
    {
        var packet = Seal("frames"u8);
        var copy = (byte[])packet.Clone();

        Assert.Null(_bob.TryOpen(packet, out _, out _));
        Assert.Equal(DropReason.Replayed, _bob.TryOpen(copy, out _, out _));
    }

    [Fact]
    public void A_packet_below_the_window_is_refused()
    {
        var old = Seal("frames"u8);
        for (var count = 0; count < ReplayWindow.Size - 1; count++)
        {
            Seal("frames"u8);
        }

        Assert.Null(_bob.TryOpen(Seal("frames"u8), out var number, out _));
        Assert.Equal((ulong)ReplayWindow.Size, number);
        Assert.Equal(DropReason.TooOld, _bob.TryOpen(old, out _, out _));
    }

    [Fact]
    public void Packets_open_in_any_order()
    {
        var first = Seal("first"u8);
        var second = Seal("second"u8);

        Assert.Null(_bob.TryOpen(second, out var two, out _));
        Assert.Null(_bob.TryOpen(first, out var one, out _));
        Assert.Equal((0ul, 1ul, 2ul), (one, two, _bob.NextExpected));
    }

    [Fact]
    public void A_packet_is_not_opened_by_its_sender_nor_on_another_path()
    {
        var packet = Seal("frames"u8);
        using var otherPath = new PacketProtection(Keys(sendsFirst: false), ConnectionId, pathId: 1);

        Assert.Equal(DropReason.AuthenticationFailed, _alice.TryOpen((byte[])packet.Clone(), out _, out _));
        Assert.Equal(DropReason.AuthenticationFailed, otherPath.TryOpen((byte[])packet.Clone(), out _, out _));
    }

    [Fact]
    public void At_its_limit_a_key_seals_nothing_more()
    {
        using var protection = new PacketProtection(Keys(sendsFirst: true), ConnectionId, limit: 2);
        var packet = new byte[64];

        Assert.NotEqual(0, protection.Seal(packet, 1_000, 1));
        Assert.NotEqual(0, protection.Seal(packet, 2_000, 1));
        Assert.False(protection.CanSeal);
        Assert.Equal(0, protection.Seal(packet, 3_000, 1));
        Assert.Equal(1ul << 32, PacketProtection.MaxPackets);
    }

    [Fact]
    public void A_number_that_is_not_higher_than_all_before_is_never_sealed()
    {
        using var protection = new PacketProtection(Keys(sendsFirst: true), ConnectionId);
        var packet = new byte[64];
        protection.Seal(packet, 7, 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => protection.Seal(packet, 7, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => protection.Seal(packet, 6, 1));
        Assert.Equal(1ul, protection.Sealed);
        Assert.NotEqual(0, protection.Seal(packet, 8, 1));
    }

    /// <summary>A session goes on with the numbers of the one before: far beyond 32 bits, and some packets of it may be missing.</summary>
    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(1_000ul, 1_000ul)]
    [InlineData(1_000ul, 9_000_000ul)]
    [InlineData((1ul << 32) - 3, (1ul << 32) + 5)]
    [InlineData(1ul << 40, (1ul << 40) + (1ul << 31) - 1)]
    public void A_window_that_begins_at_the_number_expected_next_finds_the_full_number(ulong expected, ulong sent)
    {
        using var sender = new PacketProtection(Keys(sendsFirst: true), ConnectionId);
        using var receiver = new PacketProtection(Keys(sendsFirst: false), ConnectionId, firstExpected: expected);
        var packet = new byte[64];
        var length = sender.Seal(packet, sent, 1);
        var copy = (byte[])packet.Clone();

        Assert.Null(receiver.TryOpen(packet.AsSpan(0, length), out var number, out _));
        Assert.Equal(sent, number);
        Assert.Equal((1ul, sent + 1), (receiver.Opened, receiver.NextExpected));
        Assert.Equal(DropReason.Replayed, receiver.TryOpen(copy.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void A_number_below_the_first_of_a_session_is_too_old()
    {
        using var sender = new PacketProtection(Keys(sendsFirst: true), ConnectionId);
        using var receiver = new PacketProtection(Keys(sendsFirst: false), ConnectionId, firstExpected: 100);
        var packet = new byte[64];
        var length = sender.Seal(packet, 99, 1);

        Assert.Equal(DropReason.TooOld, receiver.TryOpen(packet.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void Keys_are_of_no_use_after_disposal()
    {
        _alice.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Seal("frames"u8));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var packet = new byte[1_200];
        Exchange();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var count = 0; count < 1_000; count++)
        {
            Exchange();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Exchange()
        {
            var length = _alice.Seal(packet, _next++, packet.Length - PacketProtection.Overhead);
            _ = _bob.TryOpen(packet.AsSpan(0, length), out _, out _);
        }
    }

    [Fact]
    public void Random_bytes_never_throw_and_never_open() =>
        Gen.Byte.Array[0, 1_500].Sample(datagram =>
        {
            var bare = _bob.TryOpen((byte[])datagram.Clone(), out _, out _);
            if (datagram.Length > 0)
            {
                datagram[0] = PacketHeader.TypeBits;
            }

            return bare is not null && _bob.TryOpen(datagram, out _, out _) is not null;
        }, threads: 1);

    private SessionKeys Keys(bool sendsFirst)
    {
        Span<byte> first = stackalloc byte[AeadKey.KeySize];
        Span<byte> second = stackalloc byte[AeadKey.KeySize];
        var random = new SeededRandom(3);
        random.Fill(first);
        random.Fill(second);
        return sendsFirst
            ? new SessionKeys(new AeadKey(_slab, CipherSuite.Aes256Gcm, first), new AeadKey(_slab, CipherSuite.Aes256Gcm, second))
            : new SessionKeys(new AeadKey(_slab, CipherSuite.Aes256Gcm, second), new AeadKey(_slab, CipherSuite.Aes256Gcm, first));
    }

    private byte[] Seal(ReadOnlySpan<byte> frames)
    {
        var packet = new byte[frames.Length + PacketProtection.Overhead];
        frames.CopyTo(packet.AsSpan(PacketHeader.Size));
        Assert.Equal(packet.Length, _alice.Seal(packet, _next++, frames.Length));
        return packet;
    }
}
