using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.TestKit;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;
using Clock = MeshActors.Transport.Time.Clock;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>What programs use of Akka.Remote, between two systems over the mesh, also while datagrams are lost.</summary>
[Collection(RealTransports.Name)]
public sealed class RemotingSpecs : IAsyncLifetime, IDisposable
{
    private const int LimitBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(3);

    private readonly FaultySockets.Network _network = new();
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private TestNode _a = null!;
    private TestNode _b = null!;
    private TestProbe _trouble = null!;

    public Task InitializeAsync()
    {
        _a = Start("a");
        _b = Start("b");
        _trouble = _a.Kit.CreateTestProbe();
        foreach (var type in (Type[])[typeof(DisassociatedEvent), typeof(AssociationErrorEvent), typeof(QuarantinedEvent), typeof(DeadLetter)])
        {
            _a.System.EventStream.Subscribe(_trouble.Ref, type);
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _network.LossPercent = 0;
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    public void Dispose() => _secret.Dispose();

    [Fact]
    public async Task An_actor_is_deployed_on_the_other_system_answers_from_there_and_its_end_is_seen()
    {
        var remote = _a.System.ActorOf(Props.Create<Echo>().WithDeploy(Deploy.None.WithScope(new RemoteScope(_b.Address))), "away");
        var watcher = _a.Kit.CreateTestProbe();
        watcher.Watch(remote);

        Assert.Equal(_b.Address, remote.Path.Address);
        Assert.Equal(7, await remote.Ask<int>(7, Patience));
        _a.System.Stop(remote);

        watcher.ExpectTerminated(remote, Patience);
        _trouble.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused_at_the_sender_by_name_and_size_and_the_association_goes_on()
    {
        var echo = await FindEchoAsync();
        var log = _a.Kit.CreateTestProbe();
        _a.System.EventStream.Subscribe(log.Ref, typeof(Error));

        echo.Tell(new byte[LimitBytes + 1], _a.Kit.TestActor);

        var error = log.FishForMessage<Error>(found => found.ToString().Contains("oversized", StringComparison.OrdinalIgnoreCase), Patience);
        Assert.Contains("System.Byte[]", $"{error} {error.Cause}", StringComparison.Ordinal);
        Assert.Contains($"{LimitBytes}", $"{error} {error.Cause}", StringComparison.Ordinal);
        Assert.Equal(8, await echo.Ask<int>(8, Patience));
        _trouble.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_message_just_below_the_limit_passes()
    {
        var echo = await FindEchoAsync();

        // The rest is the envelope: recipient, sender, serializer.
        Assert.Equal(LimitBytes - 300, (await echo.Ask<byte[]>(new byte[LimitBytes - 300], Patience)).Length);
    }

    [Fact]
    public async Task A_quarantined_system_is_not_heard_and_one_started_again_at_its_address_is()
    {
        var echo = await FindEchoAsync();
        var address = _b.Address;
        var quarantined = _a.Kit.CreateTestProbe();
        _a.System.EventStream.Subscribe(quarantined.Ref, typeof(QuarantinedEvent));

        ((IRemoteActorRefProvider)((ExtendedActorSystem)_a.System).Provider).Transport.Quarantine(address, AddressUidExtension.Uid(_b.System));

        Assert.Equal(address, quarantined.ExpectMsg<QuarantinedEvent>(Patience).Address);
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<int>(1, TimeSpan.FromSeconds(1)));

        await _b.DisposeAsync();
        _b = Start("b", $"akka.remote.mesh.port = {address.Port}");
        _b.System.ActorOf(Props.Create<Echo>(), "echo");
        Assert.Equal(2, await AskUntilAnsweredAsync(_b.PathOf("echo"), 2));
    }

    [Fact]
    public async Task An_outage_of_three_seconds_under_load_is_seen_by_nobody()
    {
        const int Messages = 6_000;
        _b.System.ActorOf(Props.Create(() => new InOrder(Messages, _b.Kit.TestActor)), "in-order");
        var remote = await _a.System.ActorSelection(_b.PathOf("in-order")).ResolveOne(Patience);
        var begin = Clock.System.Now;
        var cutAt = TimeSpan.FromSeconds(1);

        for (var number = 0; number < Messages; number++)
        {
            remote.Tell(number);
            var elapsed = Clock.System.Now - begin;
            _network.LossPercent = elapsed > cutAt && elapsed < cutAt + Outage ? 100 : 0;
            if (number % 10 == 9)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), Clock.System.Provider);
            }
        }

        Assert.Equal("all in order", _b.Kit.ExpectMsg<string>(Patience));
        Assert.True(Clock.System.Now - begin > cutAt + Outage && _network.Lost > 0);
        _trouble.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_hundred_thousand_messages_arrive_once_and_in_order_while_a_tenth_of_the_datagrams_is_lost()
    {
        const int Messages = 100_000;
        _b.System.ActorOf(Props.Create(() => new InOrder(Messages, _b.Kit.TestActor)), "in-order");
        var remote = await _a.System.ActorSelection(_b.PathOf("in-order")).ResolveOne(Patience);
        _network.LossPercent = 10;

        for (var number = 0; number < Messages; number++)
        {
            remote.Tell(number);
        }

        Assert.Equal("all in order", _b.Kit.ExpectMsg<string>(TimeSpan.FromSeconds(60)));
        Assert.True(_network.Lost > 0);
        _trouble.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Every_end_of_a_watched_actor_is_told_while_three_tenths_of_the_datagrams_are_lost()
    {
        const int Actors = 100;
        var actors = new List<IActorRef>();
        for (var number = 0; number < Actors; number++)
        {
            _b.System.ActorOf(Props.Create<Echo>(), $"echo{number}");
            actors.Add(await _a.System.ActorSelection(_b.PathOf($"echo{number}")).ResolveOne(Patience));
        }

        _network.LossPercent = 30;
        var watcher = _a.Kit.CreateTestProbe();
        actors.ForEach(actor => watcher.Watch(actor));
        actors.ForEach(actor => actor.Tell(PoisonPill.Instance));

        var ended = Enumerable.Range(0, Actors).Select(_ => watcher.ExpectMsg<Terminated>(Patience).ActorRef).ToHashSet();
        Assert.Equal(actors.ToHashSet(), ended);
        _trouble.ExpectNoMsg(TimeSpan.Zero);
    }

    private TestNode Start(string name, string hocon = "") => TestNode.Start(
        name,
        $"akka.remote.mesh.maximum-payload-bytes = {LimitBytes}b\nakka.remote.retry-gate-closed-for = 1ms\n{hocon}",
        new MeshTransportSetup
        {
            Trust = new TrustSettings(0, [_secret], []),
            OverSockets = sockets => new FaultySockets(sockets, _network),
        });

    private async Task<IActorRef> FindEchoAsync()
    {
        _b.System.ActorOf(Props.Create<Echo>(), "echo");
        return await _a.System.ActorSelection(_b.PathOf("echo")).ResolveOne(Patience);
    }

    private async Task<int> AskUntilAnsweredAsync(string path, int question)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                return await _a.System.ActorSelection(path).Ask<int>(question, TimeSpan.FromMilliseconds(500));
            }
            catch (AskTimeoutException)
            {
            }
        }

        throw new TimeoutException("nobody answered");
    }
}
