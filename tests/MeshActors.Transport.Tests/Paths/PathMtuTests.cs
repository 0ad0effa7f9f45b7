using System;
using System.Collections.Generic;
using CsCheck;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class PathMtuTests
{
    private static readonly MonoTime Start = new(0);

    [Fact]
    public void Sizes_are_climbed_one_by_one_while_datagrams_are_filled()
    {
        var mtu = new PathMtu(PathMtu.LargestBytes, isLoopback: true, Start);

        Assert.Equal(
            [1_280, 1_400, 1_452, 1_472, 8_900, 16_384, 32_768, 65_000], Climb(mtu, _ => true, Start));
        Assert.Equal(65_000, mtu.DatagramBytes);
    }

    [Theory]
    [InlineData(65_000, false, 8_900)]
    [InlineData(16_384, true, 16_384)]
    [InlineData(16_383, true, 8_900)]
    [InlineData(1_400, false, 1_400)]
    [InlineData(1_200, true, 1_200)]
    public void No_size_beyond_the_bound_is_tried_and_outside_this_machine_none_beyond_jumbo_frames(
        int most, bool isLoopback, int reached)
    {
        var mtu = new PathMtu(most, isLoopback, Start);

        Assert.DoesNotContain(Climb(mtu, _ => true, Start), size => size > reached);
        Assert.Equal(reached, mtu.DatagramBytes);
    }

    [Fact]
    public void A_tunnel_that_fills_no_datagram_sends_no_probe()
    {
        var mtu = new PathMtu(1_472, isLoopback: false, Start);
        mtu.HandleSent(1_100);

        Assert.Equal(0, mtu.PollProbe(Start));
    }

    [Fact]
    public void One_probe_is_under_way_at_a_time()
    {
        var mtu = Filled(Start);
        Assert.Equal(1_280, mtu.PollProbe(Start));
        Assert.Equal(1_280, mtu.PollProbe(Start));
        mtu.HandleProbeSent();
        mtu.HandleSent(mtu.DatagramBytes);

        Assert.Equal(0, mtu.PollProbe(Start));
    }

    [Fact]
    public void Three_lost_probes_end_the_search_for_ten_minutes()
    {
        var mtu = new PathMtu(8_900, isLoopback: false, Start);

        Assert.Equal([1_280, 1_400, 1_400, 1_400], Climb(mtu, size => size <= 1_300, Start));
        Assert.Equal(1_280, mtu.DatagramBytes);
        Assert.Empty(Climb(mtu, _ => true, Start + PathMtu.SearchAgain - TimeSpan.FromTicks(1)));
        Assert.Equal(1_400, Climb(mtu, _ => true, Start + PathMtu.SearchAgain)[0]);
    }

    [Fact]
    public void A_lost_probe_or_two_are_chance()
    {
        var mtu = Filled(Start);
        for (var lost = 0; lost < PathMtu.ProbesOfASize - 1; lost++)
        {
            Assert.Equal(1_280, mtu.PollProbe(Start));
            mtu.HandleProbeSent();
            mtu.HandleProbeLost(Start);
        }

        mtu.HandleProbeSent();
        mtu.HandleProbeArrived();
        Assert.Equal(1_280, mtu.DatagramBytes);
    }

    [Fact]
    public void A_black_hole_leads_back_to_the_base_and_is_searched_again_after_a_minute()
    {
        var mtu = new PathMtu(1_472, isLoopback: false, Start);
        Climb(mtu, _ => true, Start);

        mtu.HandleBlackHole(Start);
        Assert.Equal(PathMtu.BaseBytes, mtu.DatagramBytes);
        Assert.Empty(Climb(mtu, _ => true, Start + TimeSpan.FromMilliseconds(999)));
        Climb(mtu, size => size <= 1_280, Start + TimeSpan.FromSeconds(1));
        Assert.Equal(1_280, mtu.DatagramBytes);
    }

    [Fact]
    public void Each_further_black_hole_is_searched_again_later_up_to_a_minute()
    {
        var mtu = new PathMtu(1_472, isLoopback: false, Start);
        var now = Start;
        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            mtu.HandleBlackHole(now);
            mtu.HandleSent(PathMtu.BaseBytes);
            now += TimeSpan.FromSeconds(seconds);
            Assert.Equal(0, mtu.PollProbe(now - TimeSpan.FromMilliseconds(1)));
            Assert.Equal(1_280, mtu.PollProbe(now));
        }
    }

    [Fact]
    public void What_became_of_a_probe_from_before_a_black_hole_means_nothing()
    {
        var mtu = Filled(Start);
        mtu.HandleProbeSent();
        mtu.HandleBlackHole(Start);

        mtu.HandleProbeArrived();
        mtu.HandleProbeLost(Start);

        Assert.Equal(PathMtu.BaseBytes, mtu.DatagramBytes);
    }

    /// <summary>Whatever happens in whatever order: what data is sent in has arrived before, or is the base.</summary>
    [Fact]
    public void Data_is_never_sent_in_a_size_that_was_not_seen_to_arrive() =>
        Gen.Int[0, 5].Array[0, 200].Sample(operations =>
        {
            var mtu = new PathMtu(PathMtu.LargestBytes, isLoopback: true, Start);
            var arrived = new HashSet<int> { PathMtu.BaseBytes };
            var now = Start;
            var underWay = 0;
            foreach (var operation in operations)
            {
                now += TimeSpan.FromSeconds(operation * 20);
                switch (operation)
                {
                    case 0 or 1 when mtu.PollProbe(now) is > 0 and var size:
                        underWay = size;
                        mtu.HandleProbeSent();
                        break;
                    case 2 or 3:
                        arrived.Add(underWay);
                        mtu.HandleProbeArrived();
                        break;
                    case 4:
                        mtu.HandleProbeLost(now);
                        break;
                    case 5:
                        mtu.HandleBlackHole(now);
                        break;
                }

                mtu.HandleSent(mtu.DatagramBytes);
                if (!arrived.Contains(mtu.DatagramBytes))
                {
                    return false;
                }
            }

            return true;
        });

    private static PathMtu Filled(MonoTime now)
    {
        var mtu = new PathMtu(1_472, isLoopback: false, now);
        mtu.HandleSent(PathMtu.BaseBytes);
        return mtu;
    }

    /// <summary>Fills datagrams and answers probes until there is none.</summary>
    private static List<int> Climb(PathMtu mtu, Func<int, bool> carries, MonoTime now)
    {
        var probes = new List<int>();
        mtu.HandleSent(mtu.DatagramBytes);
        while (mtu.PollProbe(now) is > 0 and var size)
        {
            probes.Add(size);
            mtu.HandleProbeSent();
            if (carries(size))
            {
                mtu.HandleProbeArrived();
            }
            else
            {
                mtu.HandleProbeLost(now);
            }

            mtu.HandleSent(mtu.DatagramBytes);
        }

        return probes;
    }
}
