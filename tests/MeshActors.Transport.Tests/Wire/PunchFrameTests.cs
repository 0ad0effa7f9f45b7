using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

public sealed class PunchFrameTests
{
    private const string Proposal =
        "01000300" + "0102030405060708" + "0000"
        + "02FE00000000" + "00000000000000000000FFFF2D000004" + "0FA0"
        + "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

    private static readonly UdpEndpoint Seen = new(UdpEndpoint.MappedPrefix | 0x2D00_0004u, 4_000);

    [Fact]
    public void A_proposal_is_these_bytes()
    {
        var key = new byte[PunchAtFrame.KeySize];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = (byte)i;
        }

        var content = new byte[PunchAtFrame.ContentSize];
        var frame = new PunchAtFrame(
            0x0102030405060708, IsAnswer: false, PunchTechnique.Predicted, 0, new PunchPorts(PunchPattern.Counting, Seen, Step: -2));

        Assert.Equal(content.Length, frame.WriteContent(content, key));
        Assert.Equal(Proposal, Convert.ToHexString(content));
        Assert.True(PunchAtFrame.TryRead(content, out var read));
        Assert.Equal(frame, read);
        Assert.Equal(key, PunchAtFrame.KeyOf(content).ToArray());
    }

    [Theory]
    [InlineData((int)PunchPattern.Fixed, 0, 0, 0)]
    [InlineData((int)PunchPattern.Counting, 64, 0, 0)]
    [InlineData((int)PunchPattern.Scattered, 0, 1_024, 65_535)]
    public void An_answer_comes_out_as_it_went_in(int pattern, int step, int low, int high)
    {
        var content = new byte[PunchAtFrame.ContentSize];
        var frame = new PunchAtFrame(
            ulong.MaxValue, IsAnswer: true, PunchTechnique.Birthday, 180, new PunchPorts((PunchPattern)pattern, Seen, step, low, high));
        frame.WriteContent(content, []);

        Assert.True(PunchAtFrame.TryRead(content, out var read));
        Assert.Equal(frame, read);
        Assert.Equal(new byte[PunchAtFrame.KeySize], PunchAtFrame.KeyOf(content).ToArray());
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 6)]
    [InlineData(14, 0)]
    [InlineData(14, 4)]
    [InlineData(15, 0)]
    [InlineData(15, 65)]
    [InlineData(20, 1)]
    public void What_means_nothing_is_refused(int at, byte value)
    {
        var content = Convert.FromHexString(Proposal);
        content[at] = value;

        Assert.False(PunchAtFrame.TryRead(content, out _));
        Assert.False(PunchAtFrame.TryRead(Convert.FromHexString(Proposal).AsSpan(0, PunchAtFrame.ContentSize - 1), out _));
    }

    [Fact]
    public void A_block_ends_above_its_begin()
    {
        var content = new byte[PunchPorts.Size];
        new PunchPorts(PunchPattern.Scattered, Seen, Low: 2_000, High: 1_999).Write(content);

        Assert.False(PunchPorts.TryRead(content, out _));
    }

    [Fact]
    public void A_long_delay_is_read_as_the_longest()
    {
        var content = new byte[PunchAtFrame.ContentSize];
        new PunchAtFrame(1, IsAnswer: true, PunchTechnique.Predicted, 40_000, new PunchPorts(PunchPattern.Fixed, Seen)).WriteContent(content, []);

        Assert.True(PunchAtFrame.TryRead(content, out var read));
        Assert.Equal(PunchAtFrame.MostDelayMs, read.DelayMs);
    }

    [Theory]
    [InlineData(2, (int)PunchRefusal.TooSoon)]
    [InlineData(7, (int)PunchRefusal.NotTrusted)]
    [InlineData(0, (int)PunchRefusal.NotUnderstood)]
    [InlineData(200, (int)PunchRefusal.NotUnderstood)]
    public void A_refusal_that_nobody_knows_says_that_it_was_not_understood(byte code, int expected)
    {
        byte[] content = [1, code, 0, 0, 0, 0, 0, 0, 0, 9];

        Assert.True(PunchResultFrame.TryRead(content, out var read));
        Assert.Equal(new PunchResultFrame(9, (PunchRefusal)expected), read);
        Assert.False(PunchResultFrame.TryRead(content.AsSpan(1), out _));
    }

    [Fact]
    public void A_refusal_is_these_bytes()
    {
        var content = new byte[PunchResultFrame.ContentSize];

        Assert.Equal(content.Length, new PunchResultFrame(0x0102030405060708, PunchRefusal.Busy).WriteContent(content));
        Assert.Equal("01010102030405060708", Convert.ToHexString(content));
    }

    [Fact]
    public void A_datagram_is_these_bytes()
    {
        var bytes = new byte[PunchDatagram.Size];
        var datagram = new PunchDatagram(0x0102030405060708, 0x0A0B, 0x1112131415161718);

        Assert.Equal(PunchDatagram.Size, datagram.Write(bytes));
        Assert.Equal("C601020304050607080A0B1112131415161718" + new string('0', 90), Convert.ToHexString(bytes));
        Assert.True(PunchDatagram.TryRead(bytes, out var read));
        Assert.Equal(datagram, read);
        Assert.False(PunchDatagram.TryRead(bytes.AsSpan(1), out _));
    }
}
