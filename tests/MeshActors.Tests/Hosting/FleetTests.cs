using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Tasks;
using MeshActors.Tests.Tasks;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Tests.Hosting;

/// <summary>Real nodes over real sockets on loopback, found through a real backbone.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TaskOptions Idempotent = new() { Idempotent = true, Deadline = TimeSpan.FromSeconds(30) };

    private readonly LoopbackFleet _fleet = LoopbackFleet.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_node_asks_an_agent_that_it_finds_through_the_backbone()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");

        var price = await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 21), Idempotent);

        Assert.Equal(new Price(42, 1), price);
        var match = Assert.Single(await caller.Mesh.QueryAsync("fx-pricing"));
        Assert.Equal(worker.Mesh.Address, match.Address);
    }

    [Fact]
    public async Task Parts_of_a_result_that_is_longer_than_all_windows_arrive_in_order()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<CountingAgent>("counter", new Produced());

        var count = 0;
        await foreach (var part in caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("large", 200), Idempotent))
        {
            Assert.Equal(64 * 1024, part.Length);
            count++;
        }

        Assert.Equal(200, count);
        var parts = new List<string>();
        await foreach (var part in caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("small", 1_000), Idempotent))
        {
            parts.Add(part);
        }

        Assert.Equal(Enumerable.Range(1, 1_000).Select(number => $"{number}"), parts);
    }

    [Fact]
    public async Task A_reader_that_waits_makes_the_worker_wait()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        var produced = new Produced();
        await worker.AddAsync<CountingAgent>("counter", produced);
        await worker.AddAsync<FxAgent>("desk");

        await using var reader = caller.Mesh
            .StreamAsync<Quote, string>("counting", new Quote("medium", 1_000), Idempotent).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        for (var other = 0; other < 200; other++)
        {
            await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", other), Idempotent);
        }

        // 16 KiB each: the sender's mark of 1 MiB, the receiver's window of 64 KiB, and what is on its way.
        Assert.InRange(produced.Parts, 2, 200);
    }

    [Fact]
    public async Task Cancelling_reaches_the_worker_of_another_node()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);
        using var cancellation = new CancellationTokenSource();
        var asked = caller.Mesh.AskAsync<Quote, Price>(
            "gated", new Quote("EURUSD", 1), Idempotent, cancellation.Token);
        var context = await gate.Entered.Task.WaitAsync(Soon);
        Assert.Equal(caller.Mesh.Address, context.Caller);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await gate.Cancelled.Task.WaitAsync(Soon);
    }

    /// <summary>Not idempotent, so no other node may do it: the one stream has to survive.</summary>
    [Fact]
    public async Task A_task_goes_on_when_its_tunnel_fails_and_is_restarted_by_its_supervisor()
    {
        var (worker, caller) = (_fleet.StartNode(), _fleet.StartNode());
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);
        var asked = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1));
        await gate.Entered.Task.WaitAsync(Soon);
        var tunnel = Assert.Single(
            caller.Tunnels.Snapshot(), tunnel => tunnel.Peer.Address == worker.Mesh.Address);
        var sessions = tunnel.Statistics.Sessions;
        var reopened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = caller.Tunnels.Watch(change =>
        {
            if (change.Tunnel == tunnel && change.Kind == TunnelChangeKind.Opened)
            {
                reopened.TrySetResult();
            }
        });

        caller.Tunnels.Engine.Fail(tunnel);
        await reopened.Task.WaitAsync(Soon);
        gate.Open.SetResult();

        Assert.Equal(1, (await asked).Total);
        Assert.True(tunnel.Statistics.Sessions > sessions);
        Assert.Single(gate.Started);
    }

    [Fact]
    public async Task A_task_of_a_node_that_dies_is_done_by_another()
    {
        var (dying, staying, caller) = (_fleet.StartNode(), _fleet.StartNode(), _fleet.StartNode());
        var (lost, found) = (new Gate(), new Gate());
        found.Open.SetResult();
        await dying.AddAsync<GatedAgent>("desk", lost);
        var begun = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 2));
        await lost.Entered.Task.WaitAsync(Soon);
        var safe = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1), Idempotent);
        await staying.AddAsync<GatedAgent>("desk", found);

        await dying.StopAsync();

        Assert.Equal(1, (await safe).Total);
        var failure = await Assert.ThrowsAsync<MeshException>(() => begun);
        Assert.Equal(MeshErrorCode.OutcomeUnknown, failure.Code);
    }

    [Fact]
    public async Task Without_the_backbone_work_goes_on_from_what_the_node_remembers()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1), Idempotent);

        await _fleet.Backbone.StopAsync();

        var price = await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1), Idempotent);
        Assert.Equal(2, price.Served);
    }

    [Fact]
    public async Task A_capability_nobody_offers_fails_in_time_with_a_hint()
    {
        var caller = _fleet.StartNode();
        var worker = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1), Idempotent);

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<Quote, Price>(
            "fx-pricin", new Quote("EURUSD", 1), new TaskOptions { Deadline = TimeSpan.FromSeconds(8) }));

        Assert.Equal(MeshErrorCode.NoPeers, failure.Code);
        Assert.Contains("fx-pricing", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_the_receiver_does_not_take_names_the_field()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<object, Price>(
            "fx-pricing", new { pair = "EURUSD", amount = 1, extra = true }, Idempotent));

        Assert.Equal((MeshErrorCode.SchemaViolation, "$.extra"), (failure.Code, failure.Field));
    }

    [Fact]
    public async Task Agents_come_and_go_while_the_node_runs()
    {
        var worker = _fleet.StartNode();
        var caller = _fleet.StartNode();
        await worker.AddAsync<FxAgent>("desk");
        await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1), Idempotent);

        await worker.Extension.RemoveAgentAsync("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<Quote, Price>(
            "fx-pricing", new Quote("EURUSD", 1), new TaskOptions { Deadline = TimeSpan.FromSeconds(2) }));
        Assert.True(
            failure.Code is MeshErrorCode.NoPeers or MeshErrorCode.DeadlineExceeded, $"{failure.Code}: {failure.Message}");
    }

    [Fact]
    public async Task A_thousand_tasks_at_once_all_get_their_own_result()
    {
        var caller = _fleet.StartNode();
        foreach (var number in Enumerable.Range(1, 3))
        {
            await _fleet.StartNode(options => options.MaxRunningTasksPerAgent = 512).AddAsync<FxAgent>($"desk-{number}");
        }

        var prices = await Task.WhenAll(Enumerable.Range(1, 1_000).Select(amount =>
            caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", amount), Idempotent)));

        Assert.Equal(Enumerable.Range(1, 1_000).Select(amount => amount * 2m), prices.Select(price => price.Total));
    }
}
