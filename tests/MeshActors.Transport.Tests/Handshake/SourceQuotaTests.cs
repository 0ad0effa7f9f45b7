using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

public sealed class SourceQuotaTests
{
    private static readonly MonoTime Start = new(TimeSpan.FromHours(1).Ticks);

    private readonly SourceQuota _quota = new(new BucketRate(10, 20), new BucketRate(100, 400));

    [Fact]
    public void A_lone_prefix_may_use_half_of_all_and_then_no_more_than_its_own_rate()
    {
        var first = TakeAll(IPv4(1), Start);
        var after = Enumerable.Range(1, 100).Sum(tenth => TakeAll(IPv4(1), Start + TimeSpan.FromMilliseconds(tenth)));

        // Half of 400 before it is held to its own; a tenth of a second gives it ten of the node's, and one of its own.
        Assert.InRange(first, 200, 220);
        Assert.InRange(after, 8, 12);
    }

    [Fact]
    public void A_loud_prefix_leaves_room_for_a_new_one()
    {
        for (var ms = 0; ms < 10_000; ms++)
        {
            _quota.TryTake(IPv4(1), Start + TimeSpan.FromMilliseconds(ms));
        }

        Assert.True(_quota.TryTake(IPv4(2), Start + TimeSpan.FromMilliseconds(10_000)));
    }

    [Fact]
    public void Many_prefixes_that_keep_on_asking_leave_room_for_a_new_one()
    {
        for (var ms = 0; ms < 10_000; ms++)
        {
            for (var prefix = 0u; prefix < 20; prefix++)
            {
                _quota.TryTake(IPv4(prefix), Start + TimeSpan.FromMilliseconds(ms));
            }
        }

        Assert.True(_quota.TryTake(IPv4(1_000), Start + TimeSpan.FromMilliseconds(10_000)));
    }

    [Fact]
    public void All_prefixes_together_get_no_more_than_the_nodes_rate()
    {
        var taken = 0;
        for (var ms = 0u; ms < 10_000; ms++)
        {
            taken += _quota.TryTake(IPv4(ms), Start + TimeSpan.FromMilliseconds(ms)) ? 1 : 0;
        }

        Assert.InRange(taken, 1_350, 1_401);
    }

    [Fact]
    public void A_prefix_is_24_bits_of_ipv4_and_56_of_ipv6()
    {
        var v4 = IPv4(7);
        var v6 = new UdpEndpoint((UInt128)0x2001_0DB8_0000_0100 << 64, 7400);
        Assert.Equal(3, Exhausted([v4, v4 with { Bits = v4.Bits + 254, Port = 1 }]));
        Assert.Equal(6, Exhausted([v4, v4 with { Bits = v4.Bits + 256 }]));
        Assert.Equal(3, Exhausted([v6, v6 with { Bits = v6.Bits + ((UInt128)0xFF << 64) }]));
        Assert.Equal(6, Exhausted([v6, v6 with { Bits = v6.Bits + ((UInt128)0x100 << 64) }]));
    }

    [Fact]
    public void Each_node_behind_each_relay_is_a_prefix_of_its_own()
    {
        var one = RelayedEndpoint.Of(0, new MeshAddress(0, 1));
        Assert.Equal(3, Exhausted([one, one]));
        Assert.Equal(6, Exhausted([one, RelayedEndpoint.Of(0, new MeshAddress(0, 2))]));
        Assert.Equal(6, Exhausted([one, RelayedEndpoint.Of(1, new MeshAddress(0, 1))]));
    }

    [Fact]
    public void Remembers_no_more_than_4096_prefixes()
    {
        var quota = new SourceQuota(new BucketRate(10, 20), new BucketRate(1_000_000, 1_000_000));
        for (var prefix = 0u; prefix < 10_000; prefix++)
        {
            quota.TryTake(IPv4(prefix), Start);
        }

        Assert.Equal(SourceQuota.MaxPrefixes, quota.Count);
    }

    private static UdpEndpoint IPv4(uint prefix) => new(UdpEndpoint.MappedPrefix | ((UInt128)(0x0A00_0000 + (prefix << 8)) + 1), 7400);

    private int TakeAll(UdpEndpoint source, MonoTime now)
    {
        var taken = 0;
        while (_quota.TryTake(source, now))
        {
            taken++;
        }

        return taken;
    }

    /// <summary>What some sources get together once all but the last quarter is gone.</summary>
    private static int Exhausted(UdpEndpoint[] sources)
    {
        var quota = new SourceQuota(new BucketRate(10, 20), new BucketRate(100, 400));
        for (var other = 0u; other < 100; other++)
        {
            _ = quota.TryTake(IPv4(100 + other), Start) && quota.TryTake(IPv4(100 + other), Start)
                && quota.TryTake(IPv4(100 + other), Start);
        }

        return sources.Sum(source =>
        {
            var taken = 0;
            while (quota.TryTake(source, Start))
            {
                taken++;
            }

            return taken;
        });
    }
}
