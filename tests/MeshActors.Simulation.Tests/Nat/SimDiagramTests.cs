using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

public sealed class SimDiagramTests
{
    private static readonly MonoTime Start = new(0);

    private readonly SimInternet _internet = new(SimLink.Perfect, new SimRandom(1));
    private readonly SimHost _home;
    private readonly SimHost _server;

    public SimDiagramTests()
    {
        var around = new SimNeighbourhood(_internet, new SimRandom(2));
        var cone = new NatSettings(
            NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortAllocation.Preserving);
        _home = around.Connect("home", 1, NatAccess.Behind(cone));
        _server = around.Connect("server", 2, NatAccess.Open);
        _home.Open(5_000);
        _server.Open(80);
        _server.Open(81);
    }

    [Fact]
    public void Packets_are_arrows_from_place_to_place_and_lost_ones_end_in_a_cross()
    {
        var diagram = new SimDiagram();
        _internet.Observer = diagram.Note;
        Send(_home, 5_000, new UdpEndpoint(_server.Interfaces[0].Address, 80), Start);
        Send(_server, 81, new UdpEndpoint(_internet.Boxes[0].Box!.OutsideAddresses[0], 5_000), Start + TimeSpan.FromMilliseconds(2));
        diagram.Note(Start + TimeSpan.FromMilliseconds(4), "home", "gives up; for good");

        Assert.Equal(
            """
            sequenceDiagram
                participant p0 as home
                participant p1 as home-box
                participant p2 as server
                p0->>p1: 0.0000000 45.0.0.1:5000 to 45.0.0.2:80, 3 bytes of 0xC1
                p1->>p2: 0.0010000 45.0.0.1:5000 to 45.0.0.2:80, 3 bytes of 0xC1
                p2-xp1: 0.0030000 Filtered: 45.0.0.2:81 to 45.0.0.1:5000, 3 bytes of 0xC1
                Note over p0: 0.0040000 gives up, for good

            """.ReplaceLineEndings("\n"),
            diagram.Draw());
    }

    [Fact]
    public void The_beginning_and_the_end_of_a_long_run_are_kept()
    {
        var diagram = new SimDiagram(most: 20);
        for (var i = 0; i < 1_000; i++)
        {
            diagram.Note(Start, "home", $"step {i}");
        }

        var lines = diagram.Draw().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2 + 20 + 1, lines.Length);
        Assert.EndsWith("step 4", lines[6], StringComparison.Ordinal);
        Assert.EndsWith("980 events are left out here", lines[7], StringComparison.Ordinal);
        Assert.EndsWith("step 985", lines[8], StringComparison.Ordinal);
        Assert.EndsWith("step 999", lines.Last(), StringComparison.Ordinal);
    }

    private void Send(SimHost host, ushort port, UdpEndpoint to, MonoTime now)
    {
        Assert.True(_internet.Send(host, port, to, (byte[])[0xC1, 2, 3], now));
        while (_internet.TryReceive(now + TimeSpan.FromMilliseconds(2), out _))
        {
        }
    }
}
