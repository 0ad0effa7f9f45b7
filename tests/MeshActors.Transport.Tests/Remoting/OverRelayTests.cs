using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>ActorSystems that know nothing of each other but their mesh addresses, and a relay, configured by HOCON alone; over real sockets.</summary>
[Collection(RealTransports.Name)]
public sealed class OverRelayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Systems_whose_only_common_way_is_a_relay_associate_and_talk()
    {
        await using var relay = TestNode.Start("relay", "akka.remote.mesh.is-relay = on");
        await using var a = StartBehind(relay, "a");
        await using var b = StartBehind(relay, "b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal(b.Tunnels.Address.AkkaHost, b.Address.Host);
        Assert.Equal(7, await a.System.ActorSelection(b.PathOf("echo")).Ask<int>(7, Patience));
        var tunnel = a.Tunnels.Snapshot().Single(open => open.Peer.Address == b.Tunnels.Address);
        Assert.Equal(PathKind.Relayed, tunnel.Machine!.Path!.Path.Kind);
    }

    [Fact]
    public async Task A_relayed_tunnel_that_fails_is_restarted_and_nothing_is_lost_gated_or_a_dead_letter()
    {
        const int Messages = 300;
        await using var relay = TestNode.Start("relay", "akka.remote.mesh.is-relay = on");
        await using var a = StartBehind(relay, "a");
        await using var b = StartBehind(relay, "b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        var echo = await a.System.ActorSelection(b.PathOf("echo")).ResolveOne(Patience);
        var trouble = a.Kit.CreateTestProbe();
        a.System.EventStream.Subscribe(trouble.Ref, typeof(DisassociatedEvent));
        a.System.EventStream.Subscribe(trouble.Ref, typeof(AssociationErrorEvent));
        a.System.EventStream.Subscribe(trouble.Ref, typeof(DeadLetter));
        var answers = a.Kit.CreateTestProbe();
        var tunnel = a.Tunnels.Snapshot().Single(open => open.Peer.Address == b.Tunnels.Address);

        for (var number = 0; number < Messages; number++)
        {
            echo.Tell(number, answers.Ref);
            if (number % 100 == 50)
            {
                a.Tunnels.Engine.Fail(tunnel);
            }
        }

        for (var number = 0; number < Messages; number++)
        {
            Assert.Equal(number, answers.ExpectMsg<int>(Patience));
        }

        trouble.ExpectNoMsg(TimeSpan.Zero);
        Assert.True(tunnel.Statistics.Sessions >= 2);
    }

    [Fact]
    public async Task A_mesh_address_at_which_nobody_is_is_given_up_within_the_connect_timeout()
    {
        await using var relay = TestNode.Start("relay", "akka.remote.mesh.is-relay = on");
        await using var a = StartBehind(relay, "a", "akka.remote.mesh.connect-timeout = 2 s");
        var errors = a.Kit.CreateTestProbe();
        a.System.EventStream.Subscribe(errors.Ref, typeof(AssociationErrorEvent));

        a.System.ActorSelection("akka.mesh://b@a91f.0000.7c2e:1/user/echo").Tell("hello");

        var error = errors.ExpectMsg<AssociationErrorEvent>(Patience);
        Assert.Contains("it has no lease at a relay that this node uses", error.Cause.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_reaches_a_system_that_was_started_again_at_another_port_with_other_session_keys()
    {
        var directory = Directory.CreateTempSubdirectory("mesh-over-relay-");
        try
        {
            var hocon = $"akka.remote.mesh.identity-path = \"{Path.Combine(directory.FullName, "root.key")}\"";
            await using var relay = TestNode.Start("relay", "akka.remote.mesh.is-relay = on");
            await using var a = StartBehind(relay, "a", "akka.remote.retry-gate-closed-for = 500 ms");
            var first = StartBehind(relay, "b", hocon);
            first.System.ActorOf(Props.Create<Echo>(), "echo");
            var path = a.System.ActorSelection(first.PathOf("echo"));
            Assert.Equal(7, await path.Ask<int>(7, Patience));
            var (port, key) = (first.Tunnels.LocalEndpoints[0].Port, first.Tunnels.Identity.Certificate.StaticKey);
            await first.DisposeAsync();

            await using var again = StartBehind(relay, "b", hocon);
            again.System.ActorOf(Props.Create<Echo>(), "echo");

            await a.Kit.AwaitAssertAsync(
                async () => Assert.Equal(8, await path.Ask<int>(8, TimeSpan.FromMilliseconds(500))), 2 * Patience);
            Assert.NotEqual(port, again.Tunnels.LocalEndpoints[0].Port);
            Assert.NotEqual(key, again.Tunnels.Identity.Certificate.StaticKey);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Systems_that_udp_does_not_get_through_to_talk_over_the_connections_to_their_relay()
    {
        await using var relay = TestNode.Start("relay", "akka.remote.mesh { is-relay = on, relay-websocket-bind = \"127.0.0.1:0\" }");
        await using var a = StartBehindFirewall(relay, "a");
        await using var b = StartBehindFirewall(relay, "b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal(7, await a.System.ActorSelection(b.PathOf("echo")).Ask<int>(7, Patience));

        var toRelay = a.Tunnels.Snapshot().Single(open => open.Peer.Address == relay.Tunnels.Address);
        Assert.Equal(PathKind.Connected, toRelay.Machine!.Path!.Path.Kind);
    }

    [Fact]
    public void A_relay_that_others_connect_to_needs_somebody_to_trust()
    {
        var failure = Assert.ThrowsAny<Exception>(
            () => TestNode.Start("relay", "akka.remote.mesh { is-relay = on, relay-websocket-bind = \"0.0.0.0:0\" }"));

        Assert.Contains("trusts nobody", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_is_reached_by_its_own_mesh_address()
    {
        await using var relay = TestNode.Start("relay", "akka.remote.mesh { is-relay = on, naming = mesh }");
        await using var a = StartBehind(relay, "a");
        relay.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal(7, await a.System.ActorSelection(relay.PathOf("echo")).Ask<int>(7, Patience));
    }

    /// <summary>A system that reaches nothing but the relay.</summary>
    private static TestNode StartBehind(TestNode relay, string name, string hocon = "")
    {
        var port = relay.Tunnels.LocalEndpoints[0].Port;
        return TestNode.Start(
            name,
            $$"""
            akka.remote.mesh {
              naming = mesh
              relays = [ { endpoints = ["127.0.0.1:{{port}}"] } ]
            }
            {{hocon}}
            """,
            new MeshTransportSetup { OverSockets = sockets => new DeafSockets(sockets, port) });
    }

    /// <summary>A system whose datagrams are all lost, and that is told where the relay takes connections.</summary>
    private static TestNode StartBehindFirewall(TestNode relay, string name) => TestNode.Start(
        name,
        $$"""
        akka.remote.mesh {
          naming = mesh
          relays = [ {
            endpoints = ["{{relay.Tunnels.LocalEndpoints[0]}}"]
            websocket = "wss://{{relay.Tunnels.Engine.WebSocketEndpoint}}/mesh"
          } ]
        }
        """,
        new MeshTransportSetup { OverSockets = sockets => new DeafSockets(sockets, port: 0) });

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
