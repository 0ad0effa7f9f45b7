using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

public sealed class RelayClientTests : IDisposable
{
    private readonly TestRelay _relay = new();
    private readonly TestRelayNode _node = new(1);
    private readonly byte[] _content = new byte[RelayLeaseFrame.ContentSize];

    public void Dispose() => _relay.Dispose();

    [Fact]
    public void Asks_until_it_is_answered_with_the_same_attempt()
    {
        var client = _node.Clients.Add(_relay.Node.Address, forwards: false, _relay.Now)!;
        Assert.NotEqual(0, client.PollRequest(_content, _relay.Now));
        var attempt = _content.AsSpan().ToArray();
        foreach (var wait in new[] { 500, 1_000, 2_000, 4_000, 4_000, 4_000 })
        {
            Assert.Equal(0, client.PollRequest(_content, _relay.Now));
            Assert.Equal(_relay.Now + TimeSpan.FromMilliseconds(wait), client.NextTimeout);
            _relay.Now = client.NextTimeout!.Value;
            Assert.NotEqual(0, client.PollRequest(_content, _relay.Now));
            Assert.Equal(attempt, _content);
        }
    }

    [Fact]
    public void Prolongs_at_a_third_of_the_lifetime_and_keeps_the_lease_while_it_is_answered()
    {
        _relay.Lease(_node);
        var client = _node.Clients[0]!;
        var lease = client.Lease;
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(_relay.Now + TimeSpan.FromSeconds(10), client.NextTimeout);
            _relay.Now = client.NextTimeout!.Value;
            client.HandleTimeout(_relay.Now);
            _relay.Table.HandleTimeout(_relay.Now);
            _relay.Lease(_node);
        }

        Assert.Equal((RelayClientState.Leased, lease), (client.State, client.Lease));
        Assert.Equal(_node.Endpoint, client.Attested);
    }

    [Fact]
    public void A_relay_that_is_silent_for_a_lifetime_is_lost_and_asked_again_for_another_lease()
    {
        _relay.Lease(_node);
        var client = _node.Clients[0]!;
        var before = _content.AsSpan().ToArray();
        client.PollRequest(before, _relay.Now + TimeSpan.FromSeconds(10));
        _relay.Now += TimeSpan.FromSeconds(30);
        client.HandleTimeout(_relay.Now);

        Assert.Equal(RelayClientState.Lost, client.State);
        Assert.Equal(0, _node.Clients.Wrap("x"u8, RelayedEndpoint.Of(0, _relay.Node.Address), new byte[64], out _));
        Assert.NotEqual(0, client.PollRequest(_content, _relay.Now));
        Assert.NotEqual(before, _content);
        _relay.Answer(client, _node, _content);
        Assert.Equal(RelayClientState.Leased, client.State);
    }

    [Fact]
    public void A_refusal_is_told_and_tried_again_after_half_a_minute()
    {
        Assert.Equal(RelayRefusal.NotAdmitted, _relay.Lease(_node, admitted: false));
        var client = _node.Clients[0]!;
        Assert.Equal(RelayClientState.Refused, client.State);
        Assert.Equal(_relay.Now + TimeSpan.FromSeconds(30), client.NextTimeout);

        _relay.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(RelayRefusal.None, _relay.Lease(_node));
        Assert.Equal(RelayClientState.Leased, client.State);
    }

    [Fact]
    public void An_answer_to_another_attempt_and_garbage_change_nothing()
    {
        _relay.Lease(_node);
        var client = _node.Clients[0]!;
        var (lease, state) = (client.Lease, client.State);
        var reply = new byte[RelayLeasedFrame.RefusalSize];
        RelayLeasedFrame.WriteRefusal(reply, 0x12345678, RelayRefusal.Full);
        client.HandleLeased(reply, _relay.Now);
        client.HandleLeased([1, 2, 3], _relay.Now);

        Assert.Equal((lease, state), (client.Lease, client.State));
    }

    [Fact]
    public void Two_relays_that_gave_the_same_number_are_told_apart_by_their_tags()
    {
        // The second relay is made to give the number of the first one by the content of its answer.
        using var other = new TestRelay(1_000_003);
        var peer = new TestRelayNode(2);
        var place = _node.Clients.Add(new MeshAddress(0, 99), false, _relay.Now)!;
        place.PollRequest(_content, _relay.Now);
        Assert.Equal(RelayRefusal.None, _relay.Lease(_node));
        _node.Clients.Remove(place);
        var client = _node.Clients.Add(other.Node.Address, false, other.Now)!;
        Assert.NotEqual(0, client.PollRequest(_content, other.Now));
        var reply = new byte[RelayLeasedFrame.MaxContentSize];
        var length = other.Table.HandleLeaseRequest(_node.Applicant(), _content, _node.Endpoint, reply, other.Now);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(6), _node.Clients[1]!.Lease);
        client.HandleLeased(reply.AsSpan(0, length), other.Now);
        Assert.Equal((2, _node.Clients[1]!.Lease), (client.Number, client.Lease));

        Assert.Equal(RelayRefusal.None, _relay.Lease(peer));
        _relay.Table.HandleFrame(peer.Wrap(_relay, _node, "by the first"u8), _relay.Now);
        Assert.Equal(RelayedEndpoint.Of(1, peer.Address), _node.Unwrap(_relay.Drain()[0].Frame).Source);
    }

    [Fact]
    public void More_than_eight_relays_are_not_used()
    {
        for (var i = 0ul; i < RelayClients.Most; i++)
        {
            Assert.Equal((int)i, _node.Clients.Add(new MeshAddress(0, 100 + i), false, _relay.Now)!.Number);
        }

        Assert.Null(_node.Clients.Add(new MeshAddress(0, 200), false, _relay.Now));
        _node.Clients.Remove(_node.Clients[3]!);
        Assert.NotNull(_node.Clients.Add(new MeshAddress(0, 200), false, _relay.Now));
    }

    /// <summary>Paths of tunnels may know an endpoint behind it for long: what is sent there must not go over another relay, nor what comes over that pass as from there.</summary>
    [Fact]
    public void An_endpoint_behind_a_relay_that_is_used_no_more_is_behind_no_other_one_that_follows()
    {
        var target = new MeshAddress(0, 7);
        _relay.Lease(_node);
        var gone = _node.Clients.Find(_relay.Node.Address)!;
        var before = gone.EndpointOf(target, gone.Relay)!.Value;
        _node.Clients.Remove(gone);

        for (var i = 0ul; i < RelayClients.Numbers - 1; i++)
        {
            var next = _node.Clients.Add(new MeshAddress(0, 100 + i), false, _relay.Now)!;
            Assert.NotEqual(gone.Number, next.Number);
            Assert.Null(_node.Clients.Before(before));
            Assert.Equal(0, _node.Clients.Wrap("packet"u8, before, new byte[100], out _));
            _node.Clients.Remove(next);
        }
    }

    [Fact]
    public void The_last_number_and_the_last_relay_behind_it_fit_into_an_endpoint()
    {
        var endpoint = RelayClients.EndpointOf(RelayClients.Numbers - 1, RelayLeasedFrame.MaxRelays, new MeshAddress(0, 7));

        Assert.True(RelayedEndpoint.TryRead(endpoint, out var number, out _));
        Assert.Equal((RelayClients.Numbers - 1, RelayLeasedFrame.MaxRelays), (number % RelayClients.Numbers, number / RelayClients.Numbers));
    }

    [Fact]
    public void A_datagram_may_lie_where_its_frame_is_written()
    {
        var peer = new TestRelayNode(2);
        _relay.Lease(_node);
        _relay.Lease(peer);
        var buffer = new byte[64];
        "datagram"u8.CopyTo(buffer);
        var length = _node.Clients.Wrap(buffer.AsSpan(0, 8), RelayedEndpoint.Of(0, peer.Address), buffer, out _);
        _relay.Table.HandleFrame(buffer.AsSpan(0, length), _relay.Now);

        Assert.Equal("datagram"u8, peer.Unwrap(_relay.Drain()[0].Frame).Datagram);
    }
}
