using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

/// <summary>Two relays that hold leases at each other, a client at each: one hop and no more.</summary>
public sealed class RelayHopTests : IDisposable
{
    private readonly TestRelay _near = new(1_000_001);
    private readonly TestRelay _far = new(1_000_002);
    private readonly TestRelayNode _a = new(1);
    private readonly TestRelayNode _b = new(2);

    public RelayHopTests()
    {
        Assert.Equal(RelayRefusal.None, _far.Lease(_near.Node, forwards: true));
        Assert.Equal(RelayRefusal.None, _near.Lease(_far.Node, forwards: true));
        Assert.True(_near.Table.AddWay(_near.Node.Clients.Find(_far.Node.Address)!));
        Assert.True(_far.Table.AddWay(_far.Node.Clients.Find(_near.Node.Address)!));
        Assert.Equal(RelayRefusal.None, _near.Lease(_a));
        Assert.Equal(RelayRefusal.None, _far.Lease(_b));
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    [Fact]
    public void A_datagram_goes_over_both_relays_and_its_answer_comes_back_the_same_way()
    {
        _near.Table.HandleFrame(_a.Wrap(_near, _b, "question"u8, home: _far), _near.Now);
        var (toFar, between) = Assert.Single(_near.Drain());
        Assert.Equal(_far.Node.Endpoint, toFar);
        Assert.Equal(8 + 27 + 8, between.Length);
        _far.Table.HandleFrame(between, _far.Now);
        var (toB, last) = Assert.Single(_far.Drain());
        Assert.Equal(_b.Endpoint, toB);
        var (question, source) = _b.Unwrap(last);
        Assert.Equal("question"u8, question);

        var frame = new byte[64];
        var length = _b.Clients.Wrap("answer"u8, source, frame, out _);
        _far.Table.HandleFrame(frame.AsSpan(0, length), _far.Now);
        _near.Table.HandleFrame(Assert.Single(_far.Drain()).Frame, _near.Now);
        var (answer, from) = _a.Unwrap(Assert.Single(_near.Drain()).Frame);
        Assert.Equal("answer"u8, answer);
        Assert.Equal(_a.Clients[0]!.EndpointOf(_b.Address, _far.Node.Address), from);
    }

    [Fact]
    public void Ways_over_the_same_relay_are_told_from_those_that_have_none_in_common()
    {
        Assert.Equal(RelayRefusal.None, _far.Lease(_a));
        var near = Way(_near, _near);
        var both = Way(_near, _far);
        var far = Way(_far, _far);

        Assert.True(_a.Clients.Share(near, both));
        Assert.True(_a.Clients.Share(both, far));
        Assert.True(_a.Clients.Share(near, near));
        Assert.False(_a.Clients.Share(near, far));
        Assert.False(_a.Clients.Share(near, _b.Endpoint));

        UdpEndpoint Way(TestRelay relay, TestRelay home) =>
            _a.Clients.Find(relay.Node.Address)!.EndpointOf(_b.Address, home.Node.Address)!.Value;
    }

    [Fact]
    public void A_frame_from_a_relay_goes_no_further_than_to_a_client()
    {
        // The far relay, broken into, asks the near one to forward to a third, back to itself, and to a client that is not there.
        var client = _far.Node.Clients.Find(_near.Node.Address)!;
        Assert.Equal(DropReason.ForbiddenHop, Send(client, _b.Address, relay: 1));
        Assert.Equal(DropReason.UnreachablePeer, Send(client, _far.Node.Address, relay: 0));
        Assert.Equal(DropReason.UnreachablePeer, Send(client, _b.Address, relay: 0));
    }

    [Fact]
    public void A_relay_is_reached_at_the_other_one_as_any_client()
    {
        var near = _near.Node;
        _far.Table.HandleFrame(_b.Wrap(_far, near, "question"u8), _far.Now);
        var (question, source) = near.Unwrap(Assert.Single(_far.Drain()).Frame);
        Assert.Equal("question"u8, question);

        var frame = new byte[64];
        var length = near.Clients.Wrap("answer"u8, source, frame, out _);
        _far.Table.HandleFrame(frame.AsSpan(0, length), _far.Now);
        var (answer, from) = _b.Unwrap(Assert.Single(_far.Drain()).Frame);
        Assert.Equal("answer"u8, answer);
        Assert.Equal(_b.Clients[0]!.EndpointOf(near.Address, _far.Node.Address), from);
    }

    [Fact]
    public void A_client_that_is_no_relay_sends_as_nobody_but_itself()
    {
        // What a relay would put before the datagram is part of it here.
        var other = new TestRelayNode(3);
        _near.Lease(other);
        var datagram = new byte[RelayFrame.SourceSize + 4];
        _b.Address.Write(datagram);
        _near.Table.HandleFrame(_a.Wrap(_near, other, datagram), _near.Now);

        var (received, source) = other.Unwrap(Assert.Single(_near.Drain()).Frame);
        Assert.Equal(datagram, received);
        Assert.Equal(RelayedEndpoint.Of(0, _a.Address), source);
    }

    [Fact]
    public void A_relay_that_is_cut_off_is_offered_to_nobody_and_gets_nothing()
    {
        var client = _near.Node.Clients.Find(_far.Node.Address)!;
        var frame = _a.Wrap(_near, _b, "x"u8, home: _far);
        _near.Now = client.NextTimeout!.Value + RelayClient.Patience;
        client.HandleTimeout(_near.Now);
        Assert.Equal(RelayClientState.Lost, client.State);

        _near.Table.HandleFrame(frame, _near.Now);
        Assert.Equal(0, _near.Forward());
        Assert.Equal(1, _near.Drops[DropReason.UnreachablePeer]);
        var late = new TestRelayNode(5);
        _near.Lease(late);
        Assert.Null(late.Clients[0]!.EndpointOf(_b.Address, _far.Node.Address));
    }

    [Fact]
    public void What_waits_for_a_way_that_is_removed_is_forgotten()
    {
        _near.Table.HandleFrame(_a.Wrap(_near, _b, "x"u8, home: _far), _near.Now);
        _near.Drain(most: 0);
        _near.Table.HandleTimeout(_near.Now);
        _near.Table.RemoveWay(_far.Node.Address);

        Assert.Equal(0, _near.Forward());
        Assert.Equal(0, _near.Table.Statistics.WaitingFrames);
    }

    private DropReason? Send(RelayClient client, MeshAddress target, ushort relay)
    {
        var before = _near.Drops.Snapshot();
        var frame = new byte[64];
        var length = client.Wrap("x"u8, target, relay, frame);
        _near.Table.HandleFrame(frame.AsSpan(0, length), _near.Now);
        Assert.Equal(0, _near.Forward());
        foreach (var (reason, count) in _near.Drops.Snapshot())
        {
            if (!before.Contains((reason, count)))
            {
                return reason;
            }
        }

        return null;
    }
}
