using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Two and three whole tunnel tables against each other in virtual time.</summary>
public sealed class TunnelTableTests
{
    /// <summary>Within a session's first seconds the root keys decide between two dials at once; a restart is none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_restarts_right_after_a_handshake_is_reached_at_once(bool lowerRestarts)
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var (lower, higher) = one.Root.CompareTo(two.Root) < 0 ? (one, two) : (two, one);
        var world = new TableWorld(one, two);
        lower.Table.Open(higher.Record, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));
        var (restarted, other) = lowerRestarts ? (lower, higher) : (higher, lower);

        restarted.Restart();
        var tunnel = restarted.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Null(tunnel.Streams.OldestUnansweredSend);
        var seen = other.Table.Open(restarted.Record, world.Now, world.UtcNow)!;
        Assert.Equal(tunnel.Incarnations.Own, seen.Incarnations.Peer);
        Assert.Equal(seen.Incarnations.Own, tunnel.Incarnations.Peer);
    }

    /// <summary>Long before the silence counts as a failure a handshake goes out beside the data, and the restarted peer answers that.</summary>
    [Fact]
    public void A_peer_that_restarted_is_found_after_two_probe_timeouts_of_silence()
    {
        using var stayed = new TableNode(1, 1001);
        using var restarted = new TableNode(2, 1002);
        var world = new TableWorld(stayed, restarted);
        var tunnel = stayed.Table.Open(restarted.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        var peer = tunnel.Incarnations.Peer;
        restarted.Restart();

        tunnel.Streams.Ping();
        stayed.Table.Touch(tunnel);
        world.Run(TimeSpan.FromMilliseconds(400));

        Assert.NotEqual(peer, tunnel.Incarnations.Peer);
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Null(tunnel.Streams.OldestUnansweredSend);
        Assert.Empty(stayed.Failures);
    }

    /// <summary>One handshake for a silence, and none for a path that is merely slow to answer.</summary>
    [Fact]
    public void A_short_silence_costs_one_handshake_and_no_stream()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);
        var tunnel = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        world.IsLost = (_, _) => true;
        tunnel.Streams.Ping();
        one.Table.Touch(tunnel);
        world.Run(TimeSpan.FromSeconds(1));
        world.IsLost = (_, _) => false;
        world.Run(TimeSpan.FromSeconds(5));

        Assert.Equal((TunnelState.Open, 2), (tunnel.State, tunnel.Counters.Sessions));
        Assert.Equal(2, tunnel.Attempts.Begun);
        Assert.Empty(one.Failures);
    }

    /// <summary>The side that stayed notices the silence and dials: its session must replace the one that the restarted side opened.</summary>
    [Fact]
    public void A_peer_that_restarted_in_silence_is_reached_by_the_first_attempt()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var (lower, higher) = one.Root.CompareTo(two.Root) < 0 ? (one, two) : (two, one);
        var world = new TableWorld(one, two);
        lower.Table.Open(higher.Record, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));
        var stayed = higher.Table.Open(lower.Record, world.Now, world.UtcNow)!;
        lower.Restart();
        world.IsLost = (_, datagram) => datagram[0] == DatagramType.HandshakeMessage1;
        stayed.Streams.Ping();
        higher.Table.Touch(stayed);
        world.Run(TimeSpan.FromSeconds(4));
        Assert.Equal(TunnelState.Failed, stayed.State);
        world.IsLost = (_, _) => false;

        higher.Table.Reopen(stayed, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal(TunnelState.Open, stayed.State);
        Assert.Null(stayed.Streams.OldestUnansweredSend);
    }

    /// <summary>Whoever makes a node answer and never confirms must not keep its place for ever.</summary>
    [Fact]
    public void A_session_that_nobody_confirms_is_forgotten_with_its_tunnel()
    {
        using var responder = new TableNode(1, 1001, new TunnelSettings { MaxTunnels = 1 });
        using var vanishing = new TableNode(2, 1002);
        using var honest = new TableNode(3, 1003);
        var world = new TableWorld(responder, vanishing, honest);
        world.IsLost = (to, datagram) => to == vanishing.Endpoint && datagram[0] == DatagramType.HandshakeMessage2;
        vanishing.Table.Open(responder.Record, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(11));

        var tunnel = honest.Table.Open(responder.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal(TunnelState.Open, tunnel.State);
    }

    /// <summary>The initiator's streams have begun under a session of which the responder never got a packet: they go on all the same.</summary>
    [Fact]
    public void Streams_outlive_a_first_session_that_was_forgotten_unconfirmed()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);
        var heard = 0;
        two.Hears = (_, happened) => heard += happened.Stream.Kind == StreamEventKind.Message ? 1 : 0;
        world.IsLost = (to, datagram) => to == two.Endpoint && PacketHeader.TryRead(datagram, out _, out ulong _, out uint _);
        var tunnel = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        Assert.True(tunnel.Streams.TryOpen(StreamLane.Streams, out var id));
        tunnel.Streams.Send(id, new byte[100]);
        world.Run(TimeSpan.FromSeconds(11));
        Assert.Equal(TunnelState.Failed, tunnel.State);
        world.IsLost = (_, _) => false;

        one.Table.Reopen(tunnel, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(1, heard);
        Assert.Equal(TunnelState.Open, tunnel.State);
    }

    [Fact]
    public void Two_that_dial_at_once_end_with_one_session()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);

        var there = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        var back = two.Table.Open(one.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(TunnelState.Open, there.State);
        Assert.Equal(TunnelState.Open, back.State);
        Assert.Equal(there.Sessions.Current!.Attempt, back.Sessions.Current!.Attempt);
        Assert.Null(there.Dial);
        Assert.Null(back.Dial);
    }

    /// <summary>Our attempt is answered in a state that was given up meanwhile, as when both dial around a restart; the state that begins after that has paths of its own.</summary>
    [Fact]
    public void After_a_state_was_lost_both_know_all_ways_to_each_other_in_the_next()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);
        var there = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        there.Fail(TunnelFailure.Silence, world.Now);
        one.Table.Reopen(there, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromMilliseconds(2));
        there.Incarnations.Renew();
        world.Run(TimeSpan.FromMilliseconds(20));
        Assert.Equal([TunnelFailure.Silence, TunnelFailure.StateLost], one.Failures);

        var (ofOne, ofTwo) = (new UdpEndpoint(one.Endpoint.Bits, 2001), new UdpEndpoint(one.Endpoint.Bits, 2002));
        one.Table.SetCandidates(new LocalCandidates(1, [(CandidateKind.Host, ofOne)]), world.Now);
        two.Table.SetCandidates(new LocalCandidates(1, [(CandidateKind.Host, ofTwo)]), world.Now);
        one.Table.Reopen(there, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));

        var back = two.Table.Open(one.Record, world.Now, world.UtcNow)!;
        Assert.Equal((TunnelState.Open, TunnelState.Open), (there.State, back.State));
        Assert.NotNull(there.Routes.Paths!.Agent.Paths.Find(ofTwo));
        Assert.NotNull(back.Routes.Paths!.Agent.Paths.Find(ofOne));
    }

    /// <summary>The process may still hold a tunnel that has ended when there is another to the same peer.</summary>
    [Fact]
    public void Closing_a_tunnel_that_was_forgotten_leaves_its_successor_alone()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);
        var former = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        one.Table.Close(former, 0, "over", world.Now);
        var successor = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        Assert.NotSame(former, successor);

        one.Table.Close(former, 0, "over", world.Now);
        world.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(TunnelState.Open, successor.State);
        Assert.Same(successor, one.Table.Open(two.Record, world.Now, world.UtcNow));
    }

    /// <summary>A machine that breaks is a mistake of ours; it must cost one tunnel, not the node.</summary>
    [Fact]
    public void A_tunnel_whose_machine_breaks_ends_alone()
    {
        using var node = new TableNode(1, 1001);
        using var first = new TableNode(2, 1002);
        using var second = new TableNode(3, 1003);
        var world = new TableWorld(node, first, second);
        byte[]? packet = null;
        world.IsLost = (to, datagram) =>
        {
            if (to == node.Endpoint && (datagram[0] & PacketHeader.TypeBits) == PacketHeader.TypeBits)
            {
                packet = datagram;
            }

            return false;
        };
        var broken = node.Table.Open(first.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        var replayed = packet!;
        var whole = node.Table.Open(second.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));

        node.Breaks = DropReason.Replayed;
        node.Table.HandleDatagram(first.Endpoint, replayed, EcnMark.NotCapable, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.IsType<InvariantException>(Assert.Single(node.Faults));
        Assert.Equal(TunnelState.Closed, broken.State);
        Assert.Equal(TunnelState.Open, whole.State);
        whole.Streams.Ping();
        node.Table.Touch(whole);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(TunnelState.Open, whole.State);
        Assert.Equal(TunnelState.Open, Reopened(node, first, world).State);
    }

    /// <summary>One space of numbers for the state: a further session of it begins where the one before stopped, on both sides.</summary>
    [Fact]
    public void A_further_session_of_the_same_state_goes_on_with_the_packet_numbers()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);
        var sent = new List<(UdpEndpoint To, ulong Id, uint Number)>();
        world.IsLost = (to, datagram) =>
        {
            if (PacketHeader.TryRead(datagram, out _, out var id, out var number))
            {
                sent.Add((to, id, number));
            }

            return false;
        };
        var tunnel = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        one.Table.Fail(tunnel, world.Now);
        one.Table.Reopen(tunnel, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(TunnelState.Open, tunnel.State);
        foreach (var to in (UdpEndpoint[])[one.Endpoint, two.Endpoint])
        {
            var there = sent.FindAll(packet => packet.To == to);
            Assert.Equal(Enumerable.Range(0, there.Count).Select(number => (uint)number), there.Select(packet => packet.Number));
            Assert.Equal(2, there.Select(packet => packet.Id).Distinct().Count());
        }
    }

    /// <summary>The same of what comes before a tunnel: the trace breaks here where a machine would.</summary>
    [Theory]
    [InlineData(DatagramType.HandshakeMessage1, HandshakeMessage1.Size)]
    [InlineData(DatagramType.HandshakeMessage2, HandshakeMessage2.Size)]
    [InlineData(DatagramType.CookieReply, CookieReply.Size)]
    [InlineData(DatagramType.VersionReply, VersionReply.Size)]
    [InlineData(DatagramType.CertificateQuestion, CertificateDatagrams.QuestionSize)]
    [InlineData(DatagramType.CertificateAnswer, CertificateDatagrams.AnswerSize)]
    [InlineData(0xFF, 100)]
    public void A_handshake_whose_machine_breaks_costs_that_datagram_alone(byte type, int size)
    {
        using var node = new TableNode(1, 1001);
        using var peer = new TableNode(2, 1002);
        var world = new TableWorld(node, peer);
        var datagram = new byte[size];
        datagram[0] = type;
        node.BreaksAlways = true;

        node.Table.HandleDatagram(peer.Endpoint, datagram, EcnMark.NotCapable, world.Now, world.UtcNow);
        node.BreaksAlways = false;
        var tunnel = peer.Table.Open(node.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));

        Assert.IsType<InvariantException>(Assert.Single(node.Faults));
        Assert.Equal(TunnelState.Open, tunnel.State);
    }

    private static Tunnel Reopened(TableNode node, TableNode peer, TableWorld world)
    {
        var tunnel = node.Table.Open(peer.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));
        return tunnel;
    }
}
