using MeshActors.TestKit.Nat;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Some seeds of the world <c>switch</c>.</summary>
public sealed class NatSwitchRunTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(14)]
    [InlineData(38)]
    [InlineData(61)]
    public void Going_from_relay_to_direct_path_and_back_under_load_costs_no_timeout_and_no_loss(ulong seed) =>
        Assert.Null(NatSwitchRun.Run(seed));
}
