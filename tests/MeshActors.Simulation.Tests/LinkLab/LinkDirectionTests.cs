using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using MeshActors.LinkLab.Link;
using Xunit;

namespace MeshActors.Simulation.Tests.LinkLab;

public sealed class LinkDirectionTests
{
    private const long Ms = 1_000_000;

    // 1,000 bytes take a millisecond.
    private static readonly LinkShape Plain = new(8_000_000, TimeSpan.FromMilliseconds(50), 10_000, 0);

    [Fact]
    public void A_packet_arrives_after_its_bits_and_the_delay()
    {
        using var link = new LinkDirection(Plain, seed: 1);

        link.HandlePacket(Packet(1_000), now: 7 * Ms);

        Assert.Equal(58 * Ms, link.NextDue);
        Assert.False(link.PollDelivery((58 * Ms) - 1, out _));
        Assert.True(link.PollDelivery(58 * Ms, out var packet));
        Assert.Equal(1_000, packet.Length);
        Assert.Equal(double.PositiveInfinity, link.NextDue);
    }

    [Fact]
    public void Packets_leave_one_after_the_other_at_the_links_rate()
    {
        using var link = new LinkDirection(Plain, seed: 1);
        for (var i = 0; i < 5; i++)
        {
            link.HandlePacket(Packet(500), now: 0);
        }

        Assert.Equal([50.5, 51, 51.5, 52, 52.5], Arrivals(link));
        Assert.Equal(5 * Ms, link.Counters.WaitNanoseconds);
    }

    [Fact]
    public void The_rate_does_not_depend_on_when_packets_are_handed_over()
    {
        using var link = new LinkDirection(Plain, seed: 1);
        link.HandlePacket(Packet(1_000), now: 0);
        link.HandlePacket(Packet(1_000), now: 0);

        Assert.True(link.PollDelivery(60 * Ms, out _));
        Assert.Equal(52 * Ms, link.NextDue);
        Assert.Equal(9 * Ms, link.Counters.LatestNanoseconds);
    }

    [Fact]
    public void What_finds_the_queue_full_is_dropped()
    {
        using var link = new LinkDirection(Plain, seed: 1);
        for (var i = 0; i < 20; i++)
        {
            link.HandlePacket(Packet(1_000), now: 0);
        }

        // Bytes that wait count with those still being sent: ten fit, and ten more once these are out.
        Assert.Equal(10, link.Counters.QueueDrops);
        Assert.Equal(10, Arrivals(link).Count);
        link.HandlePacket(Packet(1_000), now: 100 * Ms);
        Assert.Equal([151], Arrivals(link));
    }

    [Fact]
    public void So_many_of_a_hundred_are_lost_and_the_same_for_the_same_seed()
    {
        Assert.InRange(RandomDrops(seed: 1), 190, 310);
        Assert.Equal(RandomDrops(seed: 1), RandomDrops(seed: 1));
        Assert.NotEqual(RandomDrops(seed: 1), RandomDrops(seed: 2));
    }

    [Fact]
    public void A_packet_longer_than_the_mtu_vanishes()
    {
        using var link = new LinkDirection(Plain with { Mtu = 1_280 }, seed: 1);

        link.HandlePacket(Packet(1_281), now: 0);
        link.HandlePacket(Packet(1_280), now: 0);

        Assert.Equal(1, link.Counters.TooLong);
        Assert.Single(Arrivals(link));
    }

    [Fact]
    public void A_policer_passes_its_burst_and_then_its_rate()
    {
        // A tenth of the link's rate: 1,000 bytes in 10 ms.
        using var link = new LinkDirection(Plain with { Policer = new Policer(800_000, 3_000) }, seed: 1);
        for (var i = 0; i < 5; i++)
        {
            link.HandlePacket(Packet(1_000), now: 1_000 * Ms);
        }

        link.HandlePacket(Packet(1_000), now: 1_009 * Ms);
        link.HandlePacket(Packet(1_000), now: 1_010 * Ms);

        Assert.Equal(3, link.Counters.PolicerDrops);
        Assert.Equal(4, Arrivals(link).Count);
    }

    [Fact]
    public void A_long_queue_marks_packets_that_allow_it_and_their_checksum_stays_right()
    {
        using var link = new LinkDirection(Plain with { MarkAboveBytes = 1_000 }, seed: 1);
        for (var i = 0; i < 4; i++)
        {
            link.HandlePacket(Packet(1_000, ecn: i == 3 ? (byte)0 : (byte)2), now: 0);
        }

        var marks = new List<int>();
        while (link.PollDelivery(1_000 * Ms, out var packet))
        {
            marks.Add(packet[1] & 3);
            Assert.Equal(ushort.MaxValue, Sum(packet[..20]));
        }

        // The third found 2,000 bytes before it; the fourth does not take marks.
        Assert.Equal([2, 2, 3, 0], marks);
        Assert.Equal(1, link.Counters.Marked);
    }

    private static long RandomDrops(ulong seed)
    {
        using var link = new LinkDirection(Plain with { LossPercent = 5 }, seed);
        for (var i = 0; i < 5_000; i++)
        {
            link.HandlePacket(Packet(100), now: i * Ms);
            while (link.PollDelivery(i * Ms, out _))
            {
            }
        }

        return link.Counters.RandomDrops;
    }

    /// <summary>When each packet arrives, in milliseconds.</summary>
    private static List<double> Arrivals(LinkDirection link)
    {
        var arrivals = new List<double>();
        while (!double.IsInfinity(link.NextDue))
        {
            arrivals.Add(link.NextDue / Ms);
            Assert.True(link.PollDelivery((long)Math.Ceiling(link.NextDue), out _));
        }

        return arrivals;
    }

    /// <summary>An IPv4 header with the given ECN bits and a right checksum, then zeros.</summary>
    private static byte[] Packet(int length, byte ecn = 0)
    {
        var packet = new byte[length];
        packet[0] = 0x45;
        packet[1] = ecn;
        packet[8] = 64;
        packet[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)(ushort.MaxValue - Sum(packet.AsSpan(0, 20))));
        return packet;
    }

    /// <summary>Ones' complement sum of a header (RFC 791): all ones when the checksum in it is right.</summary>
    private static int Sum(ReadOnlySpan<byte> header)
    {
        var sum = 0;
        for (var at = 0; at < header.Length; at += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[at..]);
        }

        return (sum & ushort.MaxValue) + (sum >> 16);
    }
}
