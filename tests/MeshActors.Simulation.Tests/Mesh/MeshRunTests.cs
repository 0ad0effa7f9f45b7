using System.Linq;
using MeshActors.TestKit.Mesh;
using Xunit;

namespace MeshActors.Simulation.Tests.Mesh;

/// <summary>Some seeds of the world <c>mesh</c>.</summary>
public sealed class MeshRunTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_all_is_mended_everyone_reaches_everyone_and_the_same_seed_is_the_same_run(ulong seed)
    {
        var result = MeshRun.Run(seed);

        Assert.Null(result.Failure);
        Assert.Equal(result.TraceHash, MeshRun.Run(seed).TraceHash);
    }
}
