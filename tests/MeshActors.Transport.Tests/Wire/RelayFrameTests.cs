using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

/// <summary>Golden bytes and readings of what docs/protocol.md, section 10, puts on the wire.</summary>
public sealed class RelayFrameTests
{
    private static readonly MeshAddress Peer = MeshAddress.Parse("7:A91F.0000.7C2E");

    [Fact]
    public void The_head_of_a_relayed_frame_keeps_its_bytes()
    {
        var datagram = new byte[RelayFrame.Size + 1];
        var frame = new RelayFrame(DatagramType.ToRelay, 0x01020304, Peer, 0x0506, 0x0708090A);
        frame.Write(datagram);

        Assert.Equal("c801020304" + "0007a91f00007c2e" + "0506" + "0708090a", Convert.ToHexStringLower(datagram.AsSpan(0, 19)));
        Assert.Null(RelayFrame.TryRead(datagram, DatagramType.ToRelay, out var read));
        Assert.Equal(frame, read);
    }

    [Theory]
    [InlineData("c8010203040007a91f00007c2e05060708090a1122334455667788", nameof(DropReason.BadLength))]
    [InlineData("c8", nameof(DropReason.BadLength))]
    [InlineData("", nameof(DropReason.BadLength))]
    [InlineData("c9010203040007a91f00007c2e05060708090a112233445566778800", nameof(DropReason.BadHeader))]
    [InlineData("c801020304000700000000000005060708090a112233445566778800", nameof(DropReason.BadHeader))]
    public void What_is_no_relayed_frame_is_not_read(string hex, string reason) =>
        Assert.Equal(reason, RelayFrame.TryRead(Convert.FromHexString(hex), DatagramType.ToRelay, out _)?.ToString());

    [Fact]
    public void A_request_for_a_lease_keeps_its_bytes()
    {
        var content = new byte[RelayLeaseFrame.ContentSize];
        new RelayLeaseFrame(0x01020304, Forwards: true, Release: false).WriteContent(content);
        Assert.Equal("010101020304", Convert.ToHexStringLower(content));
        new RelayLeaseFrame(0x01020304, Forwards: false, Release: true).WriteContent(content);
        Assert.Equal("010201020304", Convert.ToHexStringLower(content));
        Assert.True(RelayLeaseFrame.TryRead([.. content, 9], out var read));
        Assert.Equal(new RelayLeaseFrame(0x01020304, false, true), read);
    }

    [Theory]
    [InlineData("0101010203")]
    [InlineData("020101020304")]
    public void A_request_that_is_cut_short_or_of_another_version_is_not_read(string hex) =>
        Assert.False(RelayLeaseFrame.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_grant_keeps_its_bytes()
    {
        var content = Grant();

        Assert.Equal(
            "0100" + "0a0b0c0d" + "01020304" + new string('1', 64) + new string('2', 64) + "001e"
            + "00000000000000000000ffffc0000201" + "1ce8" + "01" + "0001" + "0007a91f00007c2e",
            Convert.ToHexStringLower(content));
    }

    [Fact]
    public void A_grant_reads_what_was_written()
    {
        Assert.True(RelayLeasedFrame.TryRead(Grant(), out var frame));

        Assert.Equal(RelayRefusal.None, frame.Refusal);
        Assert.Equal((0x0A0B0C0Du, 0x01020304u), (frame.Attempt, frame.Lease));
        Assert.Equal(new string('1', 64), Convert.ToHexStringLower(frame.KeyToRelay));
        Assert.Equal(new string('2', 64), Convert.ToHexStringLower(frame.KeyFromRelay));
        Assert.Equal(TimeSpan.FromSeconds(30), frame.Lifetime);
        Assert.Equal("192.0.2.1:7400", frame.Attested.ToString());
        Assert.Equal(1, frame.RelayCount);
        Assert.Equal(((ushort)1, Peer), frame.RelayAt(0));
    }

    [Fact]
    public void A_refusal_has_six_bytes()
    {
        var content = new byte[RelayLeasedFrame.RefusalSize];
        RelayLeasedFrame.WriteRefusal(content, 0x0A0B0C0D, RelayRefusal.Full);

        Assert.Equal("01020a0b0c0d", Convert.ToHexStringLower(content));
        Assert.True(RelayLeasedFrame.TryRead(content, out var frame));
        Assert.Equal((RelayRefusal.Full, 0x0A0B0C0Du), (frame.Refusal, frame.Attempt));
    }

    [Fact]
    public void A_grant_that_is_cut_short_anywhere_is_not_read()
    {
        var content = Grant();
        for (var length = 0; length < content.Length; length++)
        {
            Assert.False(RelayLeasedFrame.TryRead(content.AsSpan(0, length), out _), $"{length} bytes were read");
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(74, 0)]
    [InlineData(94, 33)]
    public void A_grant_with_a_field_that_means_nothing_is_not_read(int offset, byte value)
    {
        // 0: version; 74: lifetime, both bytes; 94: count of relays.
        byte[] content = [.. Grant(), .. new byte[512]];
        content[offset] = value;
        if (offset == 74)
        {
            content[75] = 0;
        }

        Assert.False(RelayLeasedFrame.TryRead(content, out _));
    }

    private static byte[] Grant()
    {
        Assert.True(UdpEndpoint.TryParse("192.0.2.1:7400", out var attested));
        var keys = new byte[2 * RelayLeasedFrame.KeySize];
        keys.AsSpan(0, 32).Fill(0x11);
        keys.AsSpan(32).Fill(0x22);
        var content = new byte[RelayLeasedFrame.MaxContentSize];
        var length = RelayLeasedFrame.Write(content, 0x0A0B0C0D, 0x01020304, keys, 30, attested, [(1, Peer)]);
        return content[..length];
    }
}
