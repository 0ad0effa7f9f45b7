using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class PunchPlanTests
{
    private static readonly UdpEndpoint Seen = new(UdpEndpoint.MappedPrefix | 0x2D00_0004u, 4_000);
    private static readonly PunchPorts One = new(PunchPattern.Fixed, Seen);
    private static readonly PunchPorts Counter = new(PunchPattern.Counting, Seen, Step: 2);
    private static readonly PunchPorts Any = PunchPlan.AnyPort(Seen);
    private static readonly PunchPorts Small = new(PunchPattern.Scattered, Seen, Low: 2_048, High: 2_559);

    private static readonly (PunchPorts Own, PunchPorts Peer, PunchTechnique? Expected)[] Pairs =
    [
        (One, One, null),
        (One, Counter, PunchTechnique.Predicted),
        (Counter, One, PunchTechnique.Predicted),
        (Counter, Counter, PunchTechnique.Predicted),
        (One, Any, PunchTechnique.Birthday),
        (Any, One, PunchTechnique.Birthday),
        (Counter, Any, null),
        (Any, Counter, null),
        (Any, Any, null),
        (Small, Any, null),
        (Small, Small, PunchTechnique.BothRandom),
        (default, One, null),
    ];

    [Fact]
    public void What_fits_follows_from_both_sides() =>
        Assert.All(Pairs, pair => Assert.Equal(pair.Expected, PunchPlan.TechniqueFor(pair.Own, pair.Peer)));

    [Fact]
    public void Two_counters_meet_whoever_moved_them_by_up_to_seven_ports()
    {
        var toAnswerer = PunchPlan.Targets(PunchTechnique.Predicted, Counter, Counter, isProposer: true, new SimRandom(1));
        var toProposer = PunchPlan.Targets(PunchTechnique.Predicted, Counter, Counter, isProposer: false, new SimRandom(1));
        for (var proposerMoved = 0; proposerMoved < 8; proposerMoved++)
        {
            for (var answererMoved = 0; proposerMoved + answererMoved < 8; answererMoved++)
            {
                var meetings = 0;
                for (var i = 0; i < PunchPlan.Window; i++)
                {
                    for (var j = 0; j < PunchPlan.Window; j++)
                    {
                        var proposerPort = 4_000 + (2 * (1 + i + proposerMoved));
                        var answererPort = 4_000 + (2 * (1 + j + answererMoved));
                        meetings += toAnswerer[i].Port == answererPort && toProposer[j].Port == proposerPort ? 1 : 0;
                    }
                }

                Assert.InRange(meetings, 1, 2);
            }
        }
    }

    [Fact]
    public void One_counter_is_met_by_its_next_ports_in_order() =>
        Assert.Equal(
            Enumerable.Range(1, PunchPlan.Window).Select(i => (ushort)(4_000 + (2 * i))),
            PunchPlan.Targets(PunchTechnique.Predicted, One, Counter, isProposer: false, new SimRandom(1)).Select(to => to.Port));

    [Theory]
    [InlineData(65_534, 1, 65_535, 1_024)]
    [InlineData(65_534, 2, 1_024, 1_026)]
    [InlineData(1_025, -1, 1_024, 65_535)]
    public void A_counter_goes_on_at_the_other_end(int last, int step, int first, int second)
    {
        var counter = new PunchPorts(PunchPattern.Counting, Seen with { Port = (ushort)last }, step);
        var targets = PunchPlan.Targets(PunchTechnique.Predicted, One, counter, isProposer: true, new SimRandom(1));

        Assert.Equal([(ushort)first, (ushort)second], targets.Take(2).Select(to => to.Port));
    }

    [Fact]
    public void Ports_of_a_block_are_tried_once_each_in_an_order_of_chance()
    {
        var all = PunchPlan.Targets(PunchTechnique.Birthday, One, Small, isProposer: true, new SimRandom(1));
        var some = PunchPlan.Targets(PunchTechnique.Birthday, One, Any, isProposer: true, new SimRandom(1));

        Assert.Equal(Enumerable.Range(2_048, 512), all.Select(to => (int)to.Port).Order());
        Assert.NotEqual(all.Select(to => to.Port).Order(), all.Select(to => to.Port));
        Assert.Equal(PunchPlan.MostGuesses, some.Distinct().Count());
        Assert.All(some, to => Assert.True(to.Port >= PunchPlan.LowestPort && to.Bits == Seen.Bits));
    }

    [Fact]
    public void Who_may_have_another_port_for_each_peer_tries_few()
    {
        var unproven = One with { MostTries = 300 };

        var some = PunchPlan.Targets(PunchTechnique.Birthday, unproven, Any, isProposer: true, new SimRandom(1));

        Assert.Equal(300, some.Distinct().Count());
    }

    [Fact]
    public void Who_is_met_at_one_endpoint_is_aimed_at_there() =>
        Assert.Equal([Seen], PunchPlan.Targets(PunchTechnique.Birthday, Any, One, isProposer: true, new SimRandom(1)));

    [Theory]
    [InlineData(4_000, 2, 4_001, 4_512)]
    [InlineData(4_000, -1, 3_744, 3_999)]
    [InlineData(65_400, 64, 65_401, 65_535)]
    [InlineData(65_535, 1, 65_535, 65_535)]
    [InlineData(1, -64, 1, 1)]
    public void A_counter_that_others_move_is_a_block_ahead(int last, int step, int low, int high)
    {
        var block = PunchPlan.AsBlock(new PunchPorts(PunchPattern.Counting, Seen with { Port = (ushort)last }, step));

        Assert.Equal((PunchPattern.Scattered, low, high), (block.Pattern, block.Low, block.High));
    }

    [Fact]
    public void Only_who_has_any_port_opens_many_sockets()
    {
        Assert.Equal(PunchPlan.ManySockets, PunchPlan.SocketsFor(PunchTechnique.Birthday, Any));
        Assert.Equal(PunchPlan.FewSockets, PunchPlan.SocketsFor(PunchTechnique.Birthday, Small));
        Assert.Equal(0, PunchPlan.SocketsFor(PunchTechnique.Birthday, One));
        Assert.Equal(0, PunchPlan.SocketsFor(PunchTechnique.Predicted, Counter));
        Assert.Equal(0, PunchPlan.SocketsFor(PunchTechnique.BothRandom, Small));
    }
}
