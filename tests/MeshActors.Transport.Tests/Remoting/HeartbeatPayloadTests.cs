using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote.Transport;
using MeshActors.Transport.Remoting;
using Xunit;
using AkkaTestKit = Akka.TestKit.Xunit2.TestKit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Which payloads of a real cluster are heartbeats: two members, and a system beside it, over Akka's transport for tests, which keeps what was written.</summary>
public sealed class HeartbeatPayloadTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Expected =
    [
        "/system/cluster/core/daemon/heartbeatSender HBR",
        "/system/remote-watcher RWHR",
        "selection HB",
        "selection RWHB",
        "the protocol's",
    ];

    private readonly string _registry = $"heartbeats of {nameof(HeartbeatPayloadTests)}";
    private readonly List<ActorSystem> _systems = [];
    private AkkaTestKit _kit = null!;

    public Task InitializeAsync()
    {
        _kit = new AkkaTestKit(Start(1));
        Start(2);
        Start(3);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.Terminate();
        }
    }

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task Those_of_the_protocol_of_remoting_and_of_cluster_are_found_and_nothing_else()
    {
        var seed = Cluster.Get(_systems[0]).SelfAddress;
        await Cluster.Get(_systems[0]).JoinAsync(seed).WaitAsync(Patience);
        await Cluster.Get(_systems[1]).JoinAsync(seed).WaitAsync(Patience);

        // Members watch each other by the heartbeats of the cluster, and who is none by those of remoting.
        _systems[2].ActorOf(Props.Create<Echo>(), "echo");
        var echo = await _systems[0].ActorSelection($"{Cluster.Get(_systems[2]).SelfAddress}/user/echo").ResolveOne(Patience);
        var watcher = _kit.CreateTestProbe();
        watcher.Watch(echo);
        echo.Tell("RWHB");
        _systems[0].ActorSelection($"{Cluster.Get(_systems[1]).SelfAddress}/system/cluster/heartbeatReceiver").Tell("not a heartbeat");

        watcher.AwaitAssert(() => Assert.Equal(Expected, Found(isHeartbeat: true)), Patience);

        // Gossip, system messages, acknowledgements, what programs send, ASSOCIATE.
        Assert.DoesNotContain(Found(isHeartbeat: false), text => Expected.Contains(text));
        Assert.True(Found(isHeartbeat: false).Count > 5);
    }

    [Fact]
    public void A_heartbeat_that_acknowledges_system_messages_keeps_their_order()
    {
        var watcher = TestPayloads.User("/system/remote-watcher#7", number: 1, manifest: "RWHR");

        Assert.True(HeartbeatPayload.Is(watcher));
        Assert.False(HeartbeatPayload.Is(TestPayloads.User("/system/remote-watcher#7", number: 1, manifest: "RWHR", acknowledges: true)));
        Assert.False(HeartbeatPayload.Is(TestPayloads.User("/user/remote-watcher", number: 1, manifest: "RWHR")));
        Assert.False(HeartbeatPayload.Is(TestPayloads.User("/system/remote-watcher", number: 1, manifest: "RWHX")));
    }

    private List<string> Found(bool isHeartbeat) =>
    [
        .. AssociationRegistry.Get(_registry).LogSnapshot().OfType<WriteAttempt>()
            .Where(write => HeartbeatPayload.Is(write.Payload.Span) == isHeartbeat)
            .Select(write => Describe(write.Payload.Span))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static string Describe(ReadOnlySpan<byte> payload)
    {
        var address = PayloadAddress.Read(payload);
        if (address.Kind != PayloadKind.User)
        {
            return address.Kind == PayloadKind.Heartbeat ? "the protocol's" : $"{address.Kind}";
        }

        var recipient = new Uri(Encoding.UTF8.GetString(address.Recipient)).AbsolutePath;
        return $"{(recipient == "/" ? "selection" : recipient)} {Encoding.UTF8.GetString(address.Manifest)}{(address.HasAcknowledgement ? " and an acknowledgement" : string.Empty)}";
    }

    private ActorSystem Start(int number)
    {
        var system = ActorSystem.Create("cluster", ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = cluster
            akka.remote {
              enabled-transports = ["akka.remote.test"]
              transport-failure-detector.heartbeat-interval = 100ms
              test {
                transport-class = "Akka.Remote.Transport.TestTransport, Akka.Remote"
                applied-adapters = []
                registry-key = "{{_registry}}"
                local-address = "test://cluster@host{{number}}:{{number}}"
                maximum-payload-bytes = 128000b
                scheme-identifier = test
              }
            }
            """).WithFallback(AkkaTestKit.DefaultConfig));
        _systems.Add(system);
        return system;
    }
}
