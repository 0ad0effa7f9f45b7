using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

public sealed class RelayTableTests : IDisposable
{
    private readonly TestRelay _relay = new();
    private readonly TestRelayNode _a = new(1);
    private readonly TestRelayNode _b = new(2);
    private readonly TestRelayNode _c = new(3);

    public RelayTableTests()
    {
        Assert.Equal(RelayRefusal.None, _relay.Lease(_a));
        Assert.Equal(RelayRefusal.None, _relay.Lease(_b));
    }

    public void Dispose() => _relay.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_200)]
    [InlineData(2_005)]
    public void A_datagram_comes_out_as_it_went_in_and_says_whom_to_answer(int length)
    {
        var datagram = Enumerable.Range(0, length).Select(i => (byte)(i & 0xFF)).ToArray();

        Assert.Null(_relay.Table.HandleFrame(_a.Wrap(_relay, _b, datagram), _relay.Now));
        var (to, frame) = Assert.Single(_relay.Drain());
        Assert.Equal(_b.Endpoint, to);
        Assert.Equal(length + RelayFrame.Size, frame.Length);
        var (received, source) = _b.Unwrap(frame);
        Assert.Equal(datagram, received);
        Assert.Equal(RelayedEndpoint.Of(0, _a.Address), source);
    }

    [Fact]
    public void An_answer_to_the_source_of_a_datagram_finds_its_way_back()
    {
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "question"u8), _relay.Now);
        var (_, source) = _b.Unwrap(_relay.Drain()[0].Frame);
        var answer = new byte[64];
        var length = _b.Clients.Wrap("answer"u8, source, answer, out var relay);
        Assert.Equal(_relay.Node.Endpoint, relay);
        _relay.Table.HandleFrame(answer.AsSpan(0, length), _relay.Now);

        Assert.Equal("answer"u8, _a.Unwrap(_relay.Drain()[0].Frame).Datagram);
    }

    [Fact]
    public void Many_frames_of_all_lengths_arrive_in_order()
    {
        for (var i = 1; i <= 500; i++)
        {
            Assert.Null(_relay.Table.HandleFrame(_a.Wrap(_relay, _b, Enumerable.Repeat((byte)(i & 0x7F), i).ToArray()), _relay.Now));
        }

        var lengths = _relay.Drain().Select(sent => _b.Unwrap(sent.Frame).Datagram.Length);
        Assert.Equal(Enumerable.Range(1, 500), lengths);
    }

    [Fact]
    public void Every_forged_byte_is_dropped_and_changes_nothing()
    {
        var frame = _a.Wrap(_relay, _b, "datagram"u8);
        for (var at = 0; at < frame.Length; at++)
        {
            var forged = (byte[])frame.Clone();
            forged[at] ^= 1;
            _relay.Table.HandleFrame(forged, _relay.Now);
            Assert.Equal(0, _relay.Forward());
        }

        Assert.Equal(frame.Length, _relay.Drops.Snapshot().Sum(drop => drop.Count));
        _relay.Table.HandleFrame(frame, _relay.Now);
        Assert.Equal(1, _relay.Forward());
    }

    [Fact]
    public void A_frame_is_forwarded_once()
    {
        var frame = _a.Wrap(_relay, _b, "datagram"u8);

        // The first two are verified in one group, the third after it.
        Assert.Null(_relay.Table.HandleFrame(frame, _relay.Now));
        Assert.Null(_relay.Table.HandleFrame(frame, _relay.Now));
        Assert.Equal(1, _relay.Forward());
        Assert.Equal(DropReason.Replayed, _relay.Table.HandleFrame(frame, _relay.Now));
        Assert.Equal(2, _relay.Drops[DropReason.Replayed]);
    }

    [Fact]
    public void A_frame_older_than_the_window_is_dropped()
    {
        var old = _a.Wrap(_relay, _b, "old"u8);
        for (var i = 0; i < 8_192; i++)
        {
            _relay.Now += TimeSpan.FromMilliseconds(1);
            _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
            _relay.Forward();
        }

        Assert.Equal(DropReason.TooOld, _relay.Table.HandleFrame(old, _relay.Now));
    }

    [Fact]
    public void A_client_cannot_send_under_the_lease_of_another_or_as_another()
    {
        _relay.Lease(_c);
        var frame = _a.Wrap(_relay, _b, "datagram"u8);

        // The number of b's lease in a frame of a: the tag is under another key.
        _b.Wrap(_relay, _c, "x"u8).AsSpan(1, 4).CopyTo(frame.AsSpan(1));
        _relay.Table.HandleFrame(frame, _relay.Now);
        Assert.Equal(0, _relay.Forward());
        Assert.Equal(1, _relay.Drops[DropReason.AuthenticationFailed]);

        // What a client sends from elsewhere is still its own, and is answered nowhere but at its endpoint.
        _relay.Table.HandleFrame(_a.Wrap(_relay, _c, "datagram"u8), _relay.Now);
        var (to, sent) = Assert.Single(_relay.Drain());
        Assert.Equal(_c.Endpoint, to);
        Assert.Equal(RelayedEndpoint.Of(0, _a.Address), _c.Unwrap(sent).Source);
    }

    [Fact]
    public void A_relays_frame_that_was_changed_or_comes_twice_is_dropped_by_the_client()
    {
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "datagram"u8), _relay.Now);
        var frame = _relay.Drain()[0].Frame;
        for (var at = 0; at < frame.Length; at++)
        {
            var forged = (byte[])frame.Clone();
            forged[at] ^= 1;
            Assert.NotNull(_b.TryUnwrap(forged, out _, out _));
        }

        Assert.Null(_b.TryUnwrap(frame, out _, out _));
        Assert.Equal(DropReason.Replayed, _b.TryUnwrap(frame, out _, out _));
        Assert.Equal(DropReason.UnknownLease, _c.TryUnwrap(frame, out _, out _));
    }

    [Fact]
    public void A_frame_within_a_frame_is_not_unwrapped()
    {
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, [DatagramType.FromRelay, 1, 2]), _relay.Now);

        Assert.Equal(DropReason.BadHeader, _b.TryUnwrap(_relay.Drain()[0].Frame, out _, out _));
    }

    [Fact]
    public void What_is_for_nobody_here_or_for_oneself_goes_nowhere()
    {
        _relay.Table.HandleFrame(_a.Wrap(_relay, _c, "datagram"u8), _relay.Now);
        _relay.Table.HandleFrame(_a.Wrap(_relay, _a, "datagram"u8), _relay.Now);

        Assert.Equal(0, _relay.Forward());
        Assert.Equal(2, _relay.Drops[DropReason.UnreachablePeer]);
    }

    [Fact]
    public void A_lease_that_nothing_prolongs_is_over_after_its_lifetime()
    {
        var lease = _relay.Table.NextTimeout!.Value;
        Assert.Equal(TestRelay.Start + TimeSpan.FromSeconds(30), lease);
        _relay.Now = lease;
        _relay.Table.HandleTimeout(_relay.Now);

        Assert.Equal(0, _relay.Table.Statistics.Leases);
        Assert.Null(_relay.Table.NextTimeout);
        Assert.Equal(DropReason.UnknownLease, _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now));
    }

    [Fact]
    public void Frames_that_verify_prolong_the_lease_and_forged_ones_do_not()
    {
        for (var second = 10; second <= 60; second += 10)
        {
            _relay.Now = TestRelay.Start + TimeSpan.FromSeconds(second);
            _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
            var forged = _b.Wrap(_relay, _a, "x"u8);
            forged[^1] ^= 1;
            _relay.Table.HandleFrame(forged, _relay.Now);
            _relay.Table.HandleTimeout(_relay.Now);
        }

        Assert.Equal(_a.Address, Assert.Single(_relay.Table.LeaseStatistics()).Owner);
    }

    [Fact]
    public void What_waits_for_a_client_whose_lease_ends_is_forgotten()
    {
        for (var i = 0; i < 20; i++)
        {
            _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
        }

        _relay.Drain(most: 1);
        _relay.Table.Close(_b.Address, _b.Root, _relay.Now);

        Assert.Equal(0, _relay.Forward());
        Assert.Equal((0, 0L), (_relay.Table.Statistics.WaitingFrames, _relay.Table.Statistics.WaitingBytes));
    }

    [Fact]
    public void Frames_follow_the_tunnel_to_its_validated_path_and_never_onto_another_relay()
    {
        var moved = new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC000_0207, 7401);
        _relay.Table.SetEndpoint(_b.Address, _b.Root, moved);
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
        Assert.Equal(moved, Assert.Single(_relay.Drain()).To);

        _relay.Table.SetEndpoint(_b.Address, _a.Root, _b.Endpoint);
        _relay.Table.SetEndpoint(_b.Address, _b.Root, RelayedEndpoint.Of(0, _a.Address));
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
        Assert.Equal(moved, Assert.Single(_relay.Drain()).To);
    }

    [Fact]
    public void An_attempt_that_is_repeated_gets_the_same_lease_and_another_one_replaces_it()
    {
        var client = _a.Clients[0]!;
        var number = client.Lease;
        var content = new byte[RelayLeaseFrame.ContentSize];
        _relay.Now += TimeSpan.FromSeconds(10);
        Assert.NotEqual(0, client.PollRequest(content, _relay.Now));
        Assert.NotEqual(0, _relay.Answer(client, _a, content));
        Assert.Equal(number, client.Lease);

        client.HandleTunnelReplaced(_relay.Now);
        Assert.Equal(RelayRefusal.None, _relay.Lease(_a));
        Assert.NotEqual(number, client.Lease);
        Assert.Equal(2, _relay.Table.Statistics.Leases);
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, "x"u8), _relay.Now);
        Assert.Equal(1, _relay.Forward());
    }

    [Fact]
    public void A_lease_that_is_given_back_is_gone_and_nothing_is_answered()
    {
        var client = _a.Clients[0]!;
        client.Release(_relay.Now);
        var content = new byte[RelayLeaseFrame.ContentSize];
        Assert.NotEqual(0, client.PollRequest(content, _relay.Now));

        Assert.Equal(0, _relay.Answer(client, _a, content));
        Assert.Equal(1, _relay.Table.Statistics.Leases);
        Assert.Equal(0, client.PollRequest(content, _relay.Now));
        Assert.Null(client.NextTimeout);
    }

    [Fact]
    public void Who_may_have_no_lease_is_told_why()
    {
        var relayed = new TestRelayNode(9) { Endpoint = RelayedEndpoint.Of(0, _a.Address) };
        var impostor = new TestRelayNode(1) { Root = _c.Root };
        using var small = new TestRelay(1_000_009, new RelaySettings { MaxLeases = 1 });
        small.Lease(_a);

        Assert.Equal(RelayRefusal.NotAdmitted, _relay.Lease(_c, admitted: false));
        Assert.Equal(RelayRefusal.NotAdmitted, _relay.Lease(new TestRelayNode(8), forwards: true));
        Assert.Equal(RelayRefusal.NotAdmitted, _relay.Lease(relayed));
        Assert.Equal(RelayRefusal.AddressTaken, _relay.Lease(impostor));
        Assert.Equal(RelayRefusal.Full, small.Lease(_b));
        Assert.Equal(2, _relay.Table.Statistics.Leases);
    }

    [Fact]
    public void Content_that_is_no_request_is_not_answered()
    {
        var reply = new byte[RelayLeasedFrame.MaxContentSize];

        Assert.Equal(0, _relay.Table.HandleLeaseRequest(_c.Applicant(), [1, 2, 3], _c.Endpoint, reply, _relay.Now));
        Assert.Equal(2, _relay.Table.Statistics.Leases);
    }

    [Fact]
    public void Nothing_a_stranger_or_a_client_sends_makes_the_relay_send_more_than_it_got()
    {
        var random = new SeededRandom(7);
        var (taken, sent) = (0L, 0L);
        for (var i = 0; i < 3_000; i++)
        {
            var frame = i % 3 == 0 ? _a.Wrap(_relay, _b, new byte[1 + (i % 600)]) : new byte[28 + (i % 700)];
            if (i % 3 != 0)
            {
                random.Fill(frame);
                frame[0] = DatagramType.ToRelay;
            }

            for (var twice = 0; twice < 2; twice++)
            {
                _relay.Now += TimeSpan.FromMilliseconds(1);
                taken += frame.Length;
                _relay.Table.HandleFrame(frame, _relay.Now);
                sent += _relay.Drain().Sum(one => one.Frame.Length);
                Assert.True(sent <= taken);
            }
        }

        Assert.Equal(1_000, _relay.Table.Statistics.ForwardedFrames);
    }

    [Fact]
    public void Figures_of_a_lease_are_what_was_sent_and_received()
    {
        _relay.Lease(_c);
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, new byte[100]), _relay.Now);
        _relay.Table.HandleFrame(_a.Wrap(_relay, _b, new byte[200]), _relay.Now);
        _relay.Table.HandleFrame(_c.Wrap(_relay, _a, new byte[50]), _relay.Now);
        _relay.Table.HandleFrame(_c.Wrap(_relay, new TestRelayNode(77), new byte[50]), _relay.Now);
        _relay.Forward();

        var figures = _relay.Table.LeaseStatistics().ToDictionary(lease => lease.Owner);
        Assert.Equal(new RelayLeaseStatistics(_a.Address, 2, 300, 0, 1, 50, 0, 0), figures[_a.Address]);
        Assert.Equal(new RelayLeaseStatistics(_b.Address, 0, 0, 0, 2, 300, 0, 0), figures[_b.Address]);
        Assert.Equal(new RelayLeaseStatistics(_c.Address, 1, 50, 1, 0, 0, 0, 0), figures[_c.Address]);
        Assert.Equal(new RelayStatistics(3, 3, 350, 0, 0), _relay.Table.Statistics);
    }
}
