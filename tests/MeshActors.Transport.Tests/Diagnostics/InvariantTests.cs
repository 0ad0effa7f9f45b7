using MeshActors.Transport.Diagnostics;
using Xunit;

namespace MeshActors.Transport.Tests.Diagnostics;

public sealed class InvariantTests
{
    [Fact]
    public void A_broken_invariant_names_its_condition()
    {
        var windowBytes = -1;

        var broken = Assert.Throws<InvariantException>(() => Invariant.Require(windowBytes >= 0));

        Assert.Equal("Broken invariant: windowBytes >= 0", broken.Message);
    }

    [Fact]
    public void A_kept_invariant_passes() => Invariant.Require(true);
}
