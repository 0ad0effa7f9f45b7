using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Some seeds of the world <c>nat</c>, of every harm and with and without early data.</summary>
public sealed class NatPairTests
{
    /// <summary>A few pairs of each round.</summary>
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 14).SelectMany(Round), .. Once];

    /// <summary>Seeds that cost too much once: the relay in use dies, and one of the ways that are left goes over it as well; a node moves, and its new path is the faster one;
    /// a node moves, and late acknowledgements of what was sent before hid that what was sent after was lost.</summary>
    private static readonly ulong[] Once = [251, 695, 706, 1206];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Two_nodes_behind_nats_talk_at_once_and_notice_little_of_what_dies(ulong seed)
    {
        var result = NatPair.Run(seed);

        Assert.Null(result.Failure);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(222)]
    public void The_same_seed_gives_the_same_run(ulong seed) =>
        Assert.Equal(NatPair.Run(seed).TraceHash, NatPair.Run(seed).TraceHash);

    private static IEnumerable<ulong> Round(int round) => Enumerable.Range(0, 5)
        .Select(index => (ulong)((round * NatPairScenario.Pairs) + ((7 * round) + (11 * index)) % NatPairScenario.Pairs));
}
