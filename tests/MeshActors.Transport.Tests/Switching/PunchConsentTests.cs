using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Switching;

public sealed class PunchConsentTests : IDisposable
{
    private static readonly MonoTime Now = new(0);
    private static readonly UdpEndpoint There = new(UdpEndpoint.MappedPrefix | 0x2D00_0001, 7_400);

    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly NodeSwitch _node;
    private readonly PunchConsent _consent;

    public PunchConsentTests()
    {
        _node = new NodeSwitch(
            new TunnelSettings(), null, SimIdentities.Of(1), new TrustSettings(0, [_secret], []), new SimRandom(1), new DropCounters());
        _consent = new PunchConsent(new PunchSettings(), _node.Links);
    }

    public void Dispose()
    {
        _node.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void Ports_are_guessed_for_peers_and_not_for_relays_in_use()
    {
        Assert.True(_node.Links.Add(RecordOf(2), Now));
        _node.HandleTimeout(Now, SimIdentities.Epoch);
        var peer = _node.Table.Open(RecordOf(3), Now, SimIdentities.Epoch)!;

        Assert.False(_consent.MayPunch(_node.Links.All[0].Tunnel!));
        Assert.True(_consent.MayPunch(peer));
    }

    [Fact]
    public void Ports_are_guessed_for_a_peer_that_lends_its_lease()
    {
        Assert.True(_node.Links.Add(RecordOf(2), Now));
        _node.HandleTimeout(Now, SimIdentities.Epoch);
        _node.Links.All[0].IsReserve = true;

        Assert.True(_consent.MayPunch(_node.Links.All[0].Tunnel!));
    }

    private static PeerRecord RecordOf(int number) => new(SimIdentities.Of(number, NodeRoles.Relay).Certificate, [There]);
}
