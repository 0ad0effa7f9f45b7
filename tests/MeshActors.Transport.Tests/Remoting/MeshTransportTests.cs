using System;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Plain ActorSystems with HOCON alone, over real sockets on loopback.</summary>
[Collection(RealTransports.Name)]
public sealed class MeshTransportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Three_lines_of_hocon_are_enough_for_two_systems_to_talk_both_ways()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        var (atA, atB) = (a.Kit.CreateTestProbe(), b.Kit.CreateTestProbe());

        Assert.Equal("akka.mesh", a.Address.Protocol);
        a.System.ActorSelection(b.PathOf(atB.Ref)).Tell("to b", atA.Ref);
        Assert.Equal("to b", atB.ExpectMsg<string>(Patience));
        atB.Reply("back to a");
        Assert.Equal("back to a", atA.ExpectMsg<string>(Patience));
        b.System.ActorSelection(a.PathOf(atA.Ref)).Tell("b begins", atB.Ref);
        Assert.Equal("b begins", atA.ExpectMsg<string>(Patience));
        Assert.Equal(b.Address, atA.Sender.Path.Address);
    }

    [Fact]
    public async Task Asks_are_answered_across_systems()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            number => a.System.ActorSelection(b.PathOf("echo")).Ask<int>(number, Patience)));

        Assert.Equal(Enumerable.Range(0, 100), answers);
    }

    [Fact]
    public async Task Ten_thousand_messages_arrive_once_and_in_order()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        var counting = b.System.ActorOf(Props.Create(() => new InOrder(10_000, b.Kit.TestActor)), "in-order");
        var remote = await Resolve(a, b.PathOf("in-order"));

        for (var number = 0; number < 10_000; number++)
        {
            remote.Tell(number);
        }

        Assert.Equal("all in order", b.Kit.ExpectMsg<string>(Patience));
    }

    [Fact]
    public async Task A_payload_of_one_mebibyte_arrives_whole_and_comes_back()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        var payload = new byte[1024 * 1024];
        for (var index = 0; index < payload.Length; index++)
        {
            payload[index] = unchecked((byte)(index * 31));
        }

        var echo = await Resolve(a, b.PathOf("echo"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => echo.Ask<byte[]>(payload, Patience)));

        Assert.All(answers, answer => Assert.Equal(payload, answer));
    }

    [Fact]
    public async Task A_watched_actor_that_stops_is_reported_as_terminated()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        var remote = await Resolve(a, b.PathOf("echo"));
        var watcher = a.Kit.CreateTestProbe();
        watcher.Watch(remote);

        remote.Tell(PoisonPill.Instance);

        Assert.Equal(remote, watcher.ExpectTerminated(remote, Patience).ActorRef);
    }

    [Theory]
    [InlineData("\"::1\"", "[::1]")]
    [InlineData("localhost", "localhost")]
    public async Task Ip_version_6_and_host_names_work(string hostname, string host)
    {
        await using var a = TestNode.Start("a", $"akka.remote.mesh.hostname = {hostname}");
        await using var b = TestNode.Start("b", $"akka.remote.mesh.hostname = {hostname}");
        b.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal(host, b.Address.Host);
        Assert.Equal(7, await a.System.ActorSelection(b.PathOf("echo")).Ask<int>(7, Patience));
    }

    [Fact]
    public async Task A_port_is_free_at_once_after_shutdown_and_who_starts_there_is_reachable_at_once()
    {
        const string NoGate = "akka.remote.retry-gate-closed-for = 1ms";
        await using var a = TestNode.Start("a", NoGate);
        int port;
        await using (var before = TestNode.Start("b"))
        {
            port = before.Address.Port!.Value;
            before.System.ActorOf(Props.Create<Echo>(), "echo");
            Assert.Equal(1, await a.System.ActorSelection(before.PathOf("echo")).Ask<int>(1, Patience));
        }

        await using var after = TestNode.Start("b", $"akka.remote.mesh.port = {port}");
        after.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal(port, after.Address.Port);
        Assert.Equal(2, await AskUntilAnswered(a, after.PathOf("echo"), 2));
    }

    [Fact]
    public async Task A_tunnel_that_fails_under_load_is_restarted_and_nothing_is_lost_doubled_or_gated()
    {
        const int Messages = 20_000;
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create(() => new InOrder(Messages, b.Kit.TestActor)), "in-order");
        var remote = await Resolve(a, b.PathOf("in-order"));
        var trouble = a.Kit.CreateTestProbe();
        a.System.EventStream.Subscribe(trouble.Ref, typeof(DisassociatedEvent));
        a.System.EventStream.Subscribe(trouble.Ref, typeof(AssociationErrorEvent));
        a.System.EventStream.Subscribe(trouble.Ref, typeof(RemotingErrorEvent));
        var reopened = a.Kit.CreateTestProbe();
        using var watch = a.Tunnels.Watch(change => reopened.Tell(change.Kind));
        var tunnel = Assert.Single(a.Tunnels.Snapshot());

        for (var number = 0; number < Messages; number++)
        {
            remote.Tell(number);
            if (number % 5_000 == 2_500)
            {
                a.Tunnels.Engine.Fail(tunnel);
                reopened.FishForMessage<TunnelChangeKind>(kind => kind == TunnelChangeKind.Failed, Patience);
            }
        }

        Assert.Equal("all in order", b.Kit.ExpectMsg<string>(TimeSpan.FromSeconds(30)));
        trouble.ExpectNoMsg(TimeSpan.Zero);
        Assert.Same(tunnel, Assert.Single(a.Tunnels.Snapshot()));
        Assert.True(tunnel.Statistics.Sessions >= 2);
    }

    [Fact]
    public async Task A_tunnel_whose_peer_is_gone_is_given_up_and_only_then_does_akka_see_a_disassociation()
    {
        await using var a = TestNode.Start("a", "akka.remote.mesh.reconnect-timeout = 1s");
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        await Resolve(a, b.PathOf("echo"));
        var disassociated = a.Kit.CreateTestProbe();
        a.System.EventStream.Subscribe(disassociated.Ref, typeof(DisassociatedEvent));

        await b.Tunnels.Engine.DisposeAsync();

        Assert.Equal(b.Address, disassociated.ExpectMsg<DisassociatedEvent>(Patience).RemoteAddress);
    }

    [Fact]
    public async Task Each_system_of_a_process_has_an_engine_and_an_identity_of_its_own()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");

        Assert.NotEqual(a.Tunnels.Address, b.Tunnels.Address);
        Assert.NotEqual(a.Tunnels.LocalEndpoints[0], b.Tunnels.LocalEndpoints[0]);
        Assert.Equal(a.Address.Port, a.Tunnels.LocalEndpoints[0].Port);
    }

    [Fact]
    public async Task A_mesh_address_without_a_directory_is_an_invalid_association()
    {
        await using var a = TestNode.Start("a");
        var log = a.Kit.CreateTestProbe();
        a.System.EventStream.Subscribe(log.Ref, typeof(Warning));

        a.System.ActorSelection("akka.mesh://b@a91f.0000.7c2e:1/user/echo").Tell("hello");

        log.FishForMessage<Warning>(
            warning => warning.ToString().Contains("no directory to find it in", StringComparison.Ordinal), Patience);
    }

    private static async Task<IActorRef> Resolve(TestNode from, string path) =>
        await from.System.ActorSelection(path).ResolveOne(Patience);

    /// <summary>Asks again while the address is gated or its old association is on its way out.</summary>
    private static async Task<int> AskUntilAnswered(TestNode from, string path, int question)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                return await from.System.ActorSelection(path).Ask<int>(question, TimeSpan.FromMilliseconds(500));
            }
            catch (AskTimeoutException)
            {
            }
        }

        throw new TimeoutException("nobody answered");
    }
}
