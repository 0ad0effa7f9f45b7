using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Switching;

public sealed class PunchViewTests
{
    private static readonly UdpEndpoint Seen = new(UdpEndpoint.MappedPrefix | 0x2D00_0004u, 4_000);

    [Fact]
    public void A_mapping_that_two_relays_saw_serves_any_number_of_tries() =>
        Assert.Null(Of(EndpointDependence.EndpointIndependent, new NatPorts(PortPattern.Preserving)).MostTries);

    [Fact]
    public void A_mapping_of_which_one_relay_told_may_be_one_of_many() =>
        Assert.Equal(
            (PunchPattern.Fixed, PunchPlan.MostGuessesUnproven),
            Tries(Of(EndpointDependence.Unknown, new NatPorts(PortPattern.Preserving))));

    [Theory]
    [InlineData(1_024, 2_047, 256)]
    [InlineData(1_024, 65_535, PunchPlan.MostGuessesUnproven)]
    [InlineData(5_000, 5_001, 1)]
    public void It_uses_up_a_quarter_of_a_block_at_most(int low, int high, int expected) =>
        Assert.Equal(
            (PunchPattern.Fixed, expected),
            Tries(Of(EndpointDependence.Unknown, new NatPorts(PortPattern.Random, BlockLow: low, BlockHigh: high))));

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, PunchPlan.MostGuessesUnproven)]
    public void What_was_found_before_a_move_proves_nothing(bool hasMoved, int? expected)
    {
        var own = new LocalCandidates(1, [(CandidateKind.Reflexive, Seen)])
        {
            Behaviour = new NatBehaviour(EndpointDependence.EndpointIndependent, EndpointDependence.Unknown, new NatPorts(PortPattern.Preserving), NatFlags.None),
        };

        Assert.Equal((PunchPattern.Fixed, expected), Tries(PunchView.Of(own, hasMoved)));
    }

    [Fact]
    public void Before_anything_is_known_of_the_ports_tries_are_few() =>
        Assert.Equal((PunchPattern.Fixed, PunchPlan.MostGuessesUnproven), Tries(PunchView.Of(null, [Seen])));

    private static (PunchPattern Pattern, int? MostTries) Tries(PunchPorts ports) => (ports.Pattern, ports.MostTries);

    private static PunchPorts Of(EndpointDependence mapping, NatPorts ports) =>
        PunchView.Of(new NatBehaviour(mapping, EndpointDependence.Unknown, ports, NatFlags.None), [Seen]);
}
