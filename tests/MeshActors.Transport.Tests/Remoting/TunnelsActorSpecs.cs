using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using Akka.TestKit;
using MeshActors.TestKit.Actors;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;
using AkkaTestKit = Akka.TestKit.Xunit2.TestKit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>How tunnels are supervised, in the scheduler's time: nothing here waits.</summary>
public sealed class TunnelsActorSpecs : AkkaTestKit
{
    private const string Unreachable = "close 4";

    private static readonly TunnelsSettings Settings = new(
        MaxTunnels: 3,
        new TunnelSupervisionSettings(
            ReconnectTimeout: TimeSpan.FromSeconds(10),
            FirstDelay: TimeSpan.FromMilliseconds(100),
            LargestDelay: TimeSpan.FromSeconds(2)));

    private readonly List<TestTunnelControl> _opened = [];
    private readonly IActorRef _tunnels;

    public TunnelsActorSpecs()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        _tunnels = ActorOfAsTestActorRef<TunnelsActor>(
            TunnelsActor.Props(Open, Settings, new Clock(new SchedulerTime(Scheduler)), NoJitter.Instance)
                .WithDispatcher(CallingThreadDispatcher.Id),
            "tunnels");
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Who_asks_for_a_tunnel_gets_it_when_its_session_is_there()
    {
        var peer = TestPeers.Create(1);

        _tunnels.Tell(new OpenTunnel(peer), TestActor);
        ExpectNoMsg(TimeSpan.Zero);
        _tunnels.Tell(new TunnelOpened(_opened[0]));

        Assert.Same(_opened[0], ExpectMsg<TunnelReady>().Control);
    }

    [Fact]
    public void A_peer_has_one_tunnel_however_often_it_is_asked_for()
    {
        var control = OpenTunnelTo(1);

        _tunnels.Tell(new OpenTunnel(control.Peer), TestActor);
        _tunnels.Tell(new OpenTunnel(control.Peer), TestActor);

        Assert.Same(control, ExpectMsg<TunnelReady>().Control);
        Assert.Same(control, ExpectMsg<TunnelReady>().Control);
        Assert.Single(_opened);
    }

    [Fact]
    public void Each_tunnel_has_an_actor_named_by_the_peers_address()
    {
        OpenTunnelTo(0xA91F_0000_7C2E);

        // From the parent on: the user guardian learns of a test actor in its own time.
        Sys.ActorSelection(_tunnels, "0:a91f.0000.7c2e").Tell(new Identify(1), TestActor);

        Assert.Equal(
            "/user/tunnels/0:a91f.0000.7c2e", ExpectMsg<ActorIdentity>().Subject?.Path.ToStringWithoutAddress());
    }

    [Fact]
    public void A_failed_tunnel_is_restarted_by_its_supervisor_and_reopened_after_a_pause()
    {
        var control = OpenTunnelTo(1);

        EventFilter.Warning(contains: "is restarted: the tunnel failed: Silence").ExpectOne(
            () => _tunnels.Tell(new TunnelFailed(control, TunnelFailure.Silence)));
        Assert.Empty(control.Calls);

        Scheduler.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(control.Calls);
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["reopen"], control.Calls);
    }

    [Fact]
    public void Who_asks_while_a_tunnel_is_reopened_gets_it_when_it_is_back()
    {
        var control = OpenTunnelTo(1);
        _tunnels.Tell(new TunnelFailed(control, TunnelFailure.Silence));

        _tunnels.Tell(new OpenTunnel(control.Peer), TestActor);
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        _tunnels.Tell(new TunnelFailed(control, TunnelFailure.HandshakeTimeout));
        ExpectNoMsg(TimeSpan.Zero);
        _tunnels.Tell(new TunnelOpened(control));

        Assert.Same(control, ExpectMsg<TunnelReady>().Control);
    }

    [Fact]
    public void Pauses_double_and_the_tunnel_is_closed_when_the_reconnect_timeout_is_over()
    {
        var control = OpenTunnelTo(1);
        _tunnels.Tell(new TunnelFailed(control, TunnelFailure.Silence));
        _tunnels.Tell(new OpenTunnel(control.Peer), TestActor);

        foreach (var pause in (int[])[100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(pause - 1));
            var before = control.Calls.Count;
            Scheduler.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before + 1, control.Calls.Count);
            _tunnels.Tell(new TunnelFailed(control, TunnelFailure.HandshakeTimeout));
        }

        Scheduler.Advance(TimeSpan.FromMilliseconds(899));
        Assert.DoesNotContain(Unreachable, control.Calls);
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Unreachable, control.Calls.Last());
        Assert.Equal(TunnelErrorCode.Unreachable, ExpectMsg<TunnelRefused>().Code);
    }

    [Fact]
    public void The_failure_of_one_tunnel_leaves_the_others_alone()
    {
        var failing = OpenTunnelTo(1);
        var other = OpenTunnelTo(2, "192.0.2.2:7400");

        _tunnels.Tell(new TunnelFailed(failing, TunnelFailure.Silence));
        Scheduler.Advance(TimeSpan.FromSeconds(10));

        Assert.Contains(Unreachable, failing.Calls);
        Assert.Empty(other.Calls);
        _tunnels.Tell(new OpenTunnel(other.Peer), TestActor);
        Assert.Same(other, ExpectMsg<TunnelReady>().Control);
    }

    [Fact]
    public void A_first_handshake_that_fails_is_not_repeated_and_asking_again_dials_again()
    {
        var peer = TestPeers.Create(1);
        _tunnels.Tell(new OpenTunnel(peer), TestActor);

        _tunnels.Tell(new TunnelFailed(_opened[0], TunnelFailure.HandshakeTimeout));

        Assert.Equal(TunnelErrorCode.Unreachable, ExpectMsg<TunnelRefused>().Code);
        Assert.Equal([Unreachable], _opened[0].Calls);
        _tunnels.Tell(new OpenTunnel(peer), TestActor);
        Assert.Equal(2, _opened.Count);
    }

    [Fact]
    public void A_certificate_that_is_not_acceptable_is_told_as_such()
    {
        _tunnels.Tell(new OpenTunnel(TestPeers.Create(1)), TestActor);

        _tunnels.Tell(new TunnelFailed(_opened[0], TunnelFailure.CertificateRefused));

        Assert.Equal(TunnelErrorCode.CertificateRefused, ExpectMsg<TunnelRefused>().Code);
    }

    [Fact]
    public void A_tunnel_that_the_peer_dialled_is_supervised_like_one_of_ours()
    {
        var control = new TestTunnelControl(TestPeers.Create(1));
        _tunnels.Tell(new TunnelOpened(control));

        _tunnels.Tell(new TunnelFailed(control, TunnelFailure.Silence));
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(["reopen"], control.Calls);
        Assert.Empty(_opened);
    }

    [Fact]
    public void A_tunnel_that_fails_again_and_again_is_stopped_by_its_supervisor_and_closed()
    {
        var control = OpenTunnelTo(1);

        for (var failure = 0; failure <= TunnelsActor.MaxRestarts; failure++)
        {
            Assert.Empty(control.Calls);
            _tunnels.Tell(new TunnelOpened(control));
            _tunnels.Tell(new TunnelFailed(control, TunnelFailure.Silence));
        }

        Assert.Equal(["close 0"], control.Calls);
    }

    [Fact]
    public void At_the_bound_the_longest_unused_idle_tunnel_makes_room()
    {
        var oldest = OpenTunnelTo(1, "192.0.2.1:1");
        oldest.IsIdle = false;
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        var older = OpenTunnelTo(2, "192.0.2.1:2");
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        var newest = OpenTunnelTo(3, "192.0.2.1:3");

        OpenTunnelTo(4, "192.0.2.1:4");

        Assert.Empty(oldest.Calls);
        Assert.Contains("close 0", older.Calls);
        Assert.Empty(newest.Calls);
    }

    [Fact]
    public void At_the_bound_with_all_in_use_a_further_tunnel_is_refused()
    {
        foreach (var number in (ulong[])[1, 2, 3])
        {
            OpenTunnelTo(number, $"192.0.2.1:{number}").IsIdle = false;
        }

        _tunnels.Tell(new OpenTunnel(TestPeers.Create(4)), TestActor);
        Assert.Equal(TunnelErrorCode.TooManyTunnels, ExpectMsg<TunnelRefused>().Code);
        var dialled = new TestTunnelControl(TestPeers.Create(5, "192.0.2.1:5"));
        _tunnels.Tell(new TunnelOpened(dialled));
        Assert.Equal([$"close {TunnelCloseCode.TooManyTunnels}"], dialled.Calls);
        Assert.Equal(3, _opened.Count);
    }

    [Fact]
    public void A_peer_that_answers_at_anothers_endpoint_has_taken_its_place()
    {
        var before = OpenTunnelTo(1, "192.0.2.1:7400");

        var after = OpenTunnelTo(2, "192.0.2.1:7400");

        Assert.Equal("close 0", before.Calls.First());
        Assert.Empty(after.Calls);
    }

    [Fact]
    public void A_second_root_key_at_an_address_is_refused()
    {
        OpenTunnelTo(1, "192.0.2.1:7400");

        _tunnels.Tell(new OpenTunnel(TestPeers.Create(1, "192.0.2.2:7400")), TestActor);

        Assert.Equal(TunnelErrorCode.CertificateRefused, ExpectMsg<TunnelRefused>().Code);
        Assert.Single(_opened);
    }

    [Fact]
    public void A_tunnel_that_the_peer_closed_is_dialled_anew_for_the_next_who_asks()
    {
        var control = OpenTunnelTo(1);
        _tunnels.Tell(new TunnelClosed(control, new TunnelCloseReason(TunnelCloseCause.ClosedByPeer, 1, "bye")));

        _tunnels.Tell(new OpenTunnel(control.Peer), TestActor);

        Assert.Equal(2, _opened.Count);
        _tunnels.Tell(new TunnelOpened(_opened[1]));
        Assert.Same(_opened[1], ExpectMsg<TunnelReady>().Control);
    }

    private TestTunnelControl Open(OpenTunnel open)
    {
        var control = new TestTunnelControl(open.Peer);
        _opened.Add(control);
        return control;
    }

    private TestTunnelControl OpenTunnelTo(ulong number, string endpoint = "192.0.2.1:7400")
    {
        _tunnels.Tell(new OpenTunnel(TestPeers.Create(number, endpoint)), TestActor);
        var control = _opened[^1];
        _tunnels.Tell(new TunnelOpened(control));
        ExpectMsg<TunnelReady>();
        return control;
    }
}
