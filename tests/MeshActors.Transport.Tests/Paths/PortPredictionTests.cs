using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

/// <summary>What two ports of one address say about the next ones.</summary>
public sealed class PortPredictionTests
{
    [Theory]
    [InlineData(5000, 5001, 5002, 5017)]
    [InlineData(5002, 5000, 5004, 5034)]
    public void Ports_near_each_other_go_on_at_their_distance(ushort first, ushort second, ushort next, ushort last)
    {
        var guesses = new UdpEndpoint[PortPrediction.Window];

        Assert.Equal(PortPrediction.Window, PortPrediction.Guess([At(1, first), At(1, second)], guesses));

        Assert.Equal(next, guesses[0].Port);
        Assert.Equal(last, guesses[^1].Port);
    }

    [Fact]
    public void Ports_far_apart_of_two_addresses_or_alone_say_nothing()
    {
        var guesses = new UdpEndpoint[PortPrediction.Window];

        Assert.Equal(0, PortPrediction.Guess([At(1, 5000), At(1, 5017)], guesses));
        Assert.Equal(0, PortPrediction.Guess([At(1, 5000), At(2, 5001)], guesses));
        Assert.Equal(0, PortPrediction.Guess([At(1, 5000)], guesses));
    }

    [Fact]
    public void No_port_beyond_the_last_is_guessed()
    {
        var guesses = new UdpEndpoint[PortPrediction.Window];

        Assert.Equal(2, PortPrediction.Guess([At(1, 65_532), At(1, 65_533)], guesses));
    }

    private static UdpEndpoint At(uint host, ushort port) => new(UdpEndpoint.MappedPrefix | (0x2D00_0000 + host), port);
}
