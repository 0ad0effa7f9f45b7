using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Discovery;
using MeshActors.Peers;
using MeshActors.Tests.Hosting;
using MeshActors.Tests.Tasks;
using Xunit;

namespace MeshActors.Tests.Discovery;

/// <summary>Registering and asking over real tunnels on loopback, while the backbone goes and comes.</summary>
public sealed class DirectoryOverTunnelsTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly LoopbackFleet _fleet = LoopbackFleet.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_node_is_found_at_the_endpoint_it_is_bound_to()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        var registered = await Next<Registered>(worker, () => worker.AddAsync<FxAgent>("desk"));
        await worker.AddAsync<CountingAgent>("counter", new Produced());

        Assert.Equal(worker.Tunnels.LocalEndpoints[0], registered.Observed);
        var match = (await FindUntilAsync(caller, "fx-pricing", count: 1)).Matches[0];
        Assert.Equal(worker.Keys.Identity.Certificate, match.Record.Peer.Certificate);
        Assert.Equal(worker.Tunnels.LocalEndpoints[0], match.Record.Peer.Endpoints[0]);
        Assert.Equal("fx-pricing", Assert.Single(match.Record.Capabilities).Name);
    }

    [Fact]
    public async Task After_a_restart_of_the_backbone_nodes_register_again_by_themselves()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await FindUntilAsync(caller, "fx-pricing", count: 1);

        var lost = Next<BackboneLost>(worker);
        var callerLost = Next<BackboneLost>(caller);
        await _fleet.Backbone.StopAsync();
        await lost;
        await callerLost;
        Assert.False((await FindAsync(caller, "fx-pricing")).Answered);

        await Next<Registered>(worker, () =>
        {
            _fleet.RestartBackbone();
            return Task.CompletedTask;
        });
        var found = await FindUntilAsync(caller, "fx-pricing", count: 1);

        Assert.Equal(worker.Keys.Identity.Address, found.Matches[0].Record.Peer.Address);
    }

    [Fact]
    public async Task A_node_that_ends_is_in_the_directory_no_more()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await FindUntilAsync(caller, "fx-pricing", count: 1);

        await worker.StopAsync();

        await FindUntilAsync(caller, "fx-pricing", count: 0);
    }

    [Fact]
    public async Task The_peer_cache_measures_the_tunnels_it_uses()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1));

        using var limit = new CancellationTokenSource(Soon);
        PeerStatus peer;
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            var status = await caller.System.ActorSelection("/user/mesh/peers")
                .Ask<PeersStatus>(PeersStatusRequested.Instance, Soon);
            peer = Assert.Single(status.Peers);
        }
        while (peer.Latency is null || peer.Running > 0);

        Assert.Equal((worker.Keys.Identity.Address, true, 0), (peer.Peer, peer.Reachable, peer.Running));
        Assert.InRange(peer.Latency.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    private static Task<RecordsFound> FindAsync(LoopbackFleet.Node node, string capability) =>
        node.System.ActorSelection("/user/mesh/discovery")
            .Ask<RecordsFound>(new FindRecords(SomeNodes.Ask(capability)), Soon);

    /// <summary>Asks again and again until the directory answers with so many records.</summary>
    private static async Task<RecordsFound> FindUntilAsync(LoopbackFleet.Node node, string capability, int count)
    {
        // Once the root answers, its children are there.
        await node.Extension.Root.Ask<DiscoveryStatus>(DiscoveryStatusRequested.Instance, Soon);
        using var limit = new CancellationTokenSource(Soon);
        while (true)
        {
            var found = await FindAsync(node, capability);
            if (found.Answered && found.Matches.Length == count)
            {
                return found;
            }

            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The next event of that type in a node, after <paramref name="cause"/> began.</summary>
    private static async Task<T> Next<T>(LoopbackFleet.Node node, Func<Task>? cause = null)
        where T : class
    {
        var inbox = Inbox.Create(node.System);
        node.System.EventStream.Subscribe(inbox.Receiver, typeof(T));
        if (cause is not null)
        {
            await cause();
        }

        return (T)await inbox.ReceiveAsync(Soon);
    }
}
