using System.Linq;
using MeshActors.TestKit.Mesh;
using Xunit;

namespace MeshActors.Simulation.Tests.Mesh;

/// <summary>Some seeds of the world <c>mesh</c>.</summary>
public sealed class MeshRunTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 20).Select(seed => (ulong)seed)];

    /// <summary>Seeds that failed once, each with what was wrong in the product.</summary>
    public static TheoryData<ulong, string> Mended => new()
    {
        { 33, "a pair whose way was cut while its tunnel was made stayed on its relay" },
        { 209, "two sides answered each other's challenges by challenges for ever" },
        { 249, "a node whose clock went back was not heard when it was started again" },
        { 257, "a node that moved told its new endpoints, and did not try those of the peer anew" },
        { 326, "the tunnels to two relays went over each other, and nobody asked" },
        { 348, "as 249, where the peers dial too" },
        { 2026, "a node that moved behind a carrier's NAT guessed as many ports as the one before had allowed" },
        { 2895, "a node that knew one relay alone used up the ports of its carrier by guessing those of a peer" },
        { 4277, "as 2895, for two peers" },
        { 4937, "a tunnel to a relay went on from another socket, where frames of relays were not taken" },
    };

    [Theory]
    [MemberData(nameof(Mended))]
    public void What_was_found_and_mended_stays_so(ulong seed, string was) =>
        Assert.True(MeshRun.Run(seed) is { Failure: null }, was);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_all_is_mended_everyone_reaches_everyone_and_the_same_seed_is_the_same_run(ulong seed)
    {
        var result = MeshRun.Run(seed);

        Assert.Null(result.Failure);
        Assert.Equal(result.TraceHash, MeshRun.Run(seed).TraceHash);
    }
}
