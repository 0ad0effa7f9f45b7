using System.Net;
using MeshActors.Transport.Nodes;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

public sealed class TunnelNodeOptionsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_program_wants_done_behind_nats_reaches_the_engine(bool isWanted)
    {
        var engine = new TunnelNodeOptions { PortMapping = isWanted, Punching = !isWanted }.ToEngineSettings();

        Assert.Equal(isWanted, engine.PortMapping);
        Assert.Equal(!isWanted, engine.Tunnels.Punching.IsEnabled);
    }

    [Fact]
    public void By_default_all_is_done_to_be_reached_directly()
    {
        var engine = new TunnelNodeOptions().ToEngineSettings();

        Assert.True(engine.PortMapping);
        Assert.True(engine.Tunnels.Punching.IsEnabled);
        Assert.True(engine.Tunnels.RelayFallback);
        Assert.Null(engine.Relaying);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), Assert.Single(engine.Binds));
    }
}
