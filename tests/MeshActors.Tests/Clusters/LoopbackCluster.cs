using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using MeshActors.Clusters;
using MeshActors.Hosting;
using MeshActors.Tests.Hosting;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;

namespace MeshActors.Tests.Clusters;

/// <summary>Members of one cluster on loopback, each an ActorSystem with its own socket; all of them are seeds.</summary>
internal sealed class LoopbackCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string SystemName = "fleet";

    /// <summary>What the tests wait for comes sooner; nobody is downed but by a test, however slow the machine is.</summary>
    private const string Quick =
        """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
          remote.retry-gate-closed-for = 500ms
          cluster {
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            periodic-tasks-initial-delay = 200ms
            seed-node-timeout = 500ms
            retry-unsuccessful-join-after = 1s
            down-removal-margin = 0s
            downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
          }
        }
        """;

    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private readonly List<ActorSystem> _systems = [];
    private readonly List<LoopbackKeys> _keys = [];
    private readonly ImmutableArray<int> _ports;

    public LoopbackCluster(int members)
    {
        _ports = FreePorts(members);
    }

    public ImmutableArray<string> Seeds => [.. _ports.Select(port => $"akka.mesh://{SystemName}@127.0.0.1:{port}")];

    /// <summary>Starts a member as a process would start: with an identity of its own.</summary>
    public ActorSystem Start(int index, string region)
    {
        var setup = MeshSetup.Create(options => Fill(options, index, region));
        var bootstrap = setup.Get<BootstrapSetup>().Value;
        var system = ActorSystem.Create(SystemName, setup.And(bootstrap.WithConfig(
            ConfigurationFactory.ParseString(Quick).WithFallback(bootstrap.Config.Value))));
        _systems.Add(system);
        MeshExtension.For(system);
        return system;
    }

    /// <summary>The options of a member.</summary>
    public void Fill(MeshOptions options, int index, string region)
    {
        var keys = new LoopbackKeys(_secret);
        _keys.Add(keys);
        options.Transport = keys.Setup;
        options.Port = _ports[index];
        options.Region = region;
        options.Cluster = new MeshClusterOptions();
        foreach (var seed in Seeds)
        {
            options.Cluster.SeedNodes.Add(seed);
        }
    }

    /// <summary>Completes with the members when one of them sees so many that are up, and no others.</summary>
    public static async Task<ImmutableArray<Member>> UpAsync(ActorSystem system, int members)
    {
        var cluster = Cluster.Get(system);
        var seen = new TaskCompletionSource<ImmutableArray<Member>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = system.ActorOf(Props.Create(() => new MembershipWatch(cluster, members, seen)));
        try
        {
            return await seen.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{cluster.SelfAddress} sees {string.Join(", ", cluster.State.Members)}");
        }
        finally
        {
            system.Stop(watch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_systems.Select(system => system.Terminate()));
        _keys.ForEach(keys => keys.Dispose());
        _secret.Dispose();
    }

    /// <summary>Ports that are free now, all different.</summary>
    private static ImmutableArray<int> FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new UdpClient(new IPEndPoint(IPAddress.Loopback, 0))).ToList();
        var ports = sockets.Select(socket => ((IPEndPoint)socket.Client.LocalEndPoint!).Port).ToImmutableArray();
        sockets.ForEach(socket => socket.Dispose());
        return ports;
    }

    /// <summary>Keeps the members as the cluster tells of them.</summary>
    private sealed class MembershipWatch : UntypedActor
    {
        private readonly Cluster _cluster;
        private readonly int _members;
        private readonly TaskCompletionSource<ImmutableArray<Member>> _seen;
        private readonly Dictionary<UniqueAddress, Member> _known = [];

        public MembershipWatch(Cluster cluster, int members, TaskCompletionSource<ImmutableArray<Member>> seen)
        {
            _cluster = cluster;
            _members = members;
            _seen = seen;
        }

        protected override void PreStart() => _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        protected override void OnReceive(object message)
        {
            var member = ((ClusterEvent.IMemberEvent)message).Member;
            if (message is ClusterEvent.MemberRemoved)
            {
                _known.Remove(member.UniqueAddress);
            }
            else
            {
                _known[member.UniqueAddress] = member;
            }

            if (_known.Count == _members && _known.Values.All(known => known.Status == MemberStatus.Up))
            {
                _seen.TrySetResult([.. _known.Values]);
            }
        }
    }
}
