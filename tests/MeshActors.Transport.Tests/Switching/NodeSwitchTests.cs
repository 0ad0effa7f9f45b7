using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Switching;

/// <summary>Where datagrams go that are no tunnel's.</summary>
public sealed class NodeSwitchTests : IDisposable
{
    private static readonly MonoTime Now = new(0);
    private static readonly UdpEndpoint Asker = new(UdpEndpoint.MappedPrefix | 0x2D00_0001, 5000);

    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly DropCounters _drops = new();
    private readonly byte[] _buffer = new byte[70_000];

    public void Dispose() => _secret.Dispose();

    [Fact]
    public void A_relay_tells_over_stun_where_it_sees_the_asker()
    {
        using var relay = Make(isRelay: true);

        relay.HandleDatagram(Asker, Question(), EcnMark.NotCapable, Now, SimIdentities.Epoch);

        var length = relay.PollTransmit(_buffer, out var transmit, Now);
        Assert.Equal(Asker, transmit.To);
        Assert.True(StunMessage.TryRead(_buffer.AsSpan(0, length), out var answer));
        Assert.Equal(StunMessageType.BindingSuccess, answer.Type);
        Assert.True(answer.TryReadEndpoint(StunAttributeType.XorMappedAddress, out var seen));
        Assert.Equal(Asker, seen);
        Assert.Equal(0, relay.PollTransmit(_buffer, out _, Now));
    }

    [Fact]
    public void A_relay_answers_to_another_port_of_the_asker_and_of_nobody_else()
    {
        using var relay = Make(isRelay: true);
        var question = new byte[StunRequest.MaxSize];
        question = question[..StunRequest.Write(
            question, TransactionId.Create(new SimRandom(1)), new StunQuestion(Asker) { ResponsePort = 6000 })];

        relay.HandleDatagram(Asker, question, EcnMark.NotCapable, Now, SimIdentities.Epoch);

        Assert.InRange(relay.PollTransmit(_buffer, out var transmit, Now), 1, question.Length);
        Assert.Equal(Asker with { Port = 6000 }, transmit.To);
        Assert.Equal(0, relay.PollTransmit(_buffer, out _, Now));
    }

    [Fact]
    public void A_node_that_is_no_relay_answers_no_stun()
    {
        using var node = Make(isRelay: false);

        node.HandleDatagram(Asker, Question(), EcnMark.NotCapable, Now, SimIdentities.Epoch);

        Assert.Equal(0, node.PollTransmit(_buffer, out _, Now));
        Assert.Equal(1, _drops[DropReason.UnknownType]);
    }

    [Fact]
    public void What_claims_to_come_from_an_endpoint_of_this_process_is_dropped()
    {
        using var relay = Make(isRelay: true);
        var reserved = RelayedEndpoint.Of(0, SimIdentities.Of(2).Address);

        relay.HandleDatagram(reserved, Question(), EcnMark.NotCapable, Now, SimIdentities.Epoch);

        Assert.Equal(0, relay.PollTransmit(_buffer, out _, Now));
        Assert.Equal(1, _drops[DropReason.ReservedSource]);
    }

    [Fact]
    public void A_frame_of_a_relay_is_one_at_a_further_socket_too()
    {
        using var node = Make(isRelay: false);
        Assert.True(node.Sides.TryOpen(out var side));
        node.HandleSocketOpened(side, Asker, Now);
        var frame = new byte[100];
        new RelayFrame(DatagramType.FromRelay, Lease: 1, SimIdentities.Of(2).Address, Relay: 0, Counter: 0).Write(frame);

        node.HandleAside(side, Asker, frame, EcnMark.NotCapable, Now, SimIdentities.Epoch);

        Assert.Equal(1, _drops[DropReason.UnknownLease]);
    }

    private static byte[] Question()
    {
        var question = new byte[StunRequest.MaxSize];
        return question[..StunRequest.Write(
            question, TransactionId.Create(new SimRandom(1)), new StunQuestion(Asker))];
    }

    private NodeSwitch Make(bool isRelay) => new(
        new TunnelSettings(),
        isRelay ? new RelaySettings() : null,
        SimIdentities.Of(1),
        new TrustSettings(0, [_secret], []),
        new SimRandom(1),
        _drops);
}
