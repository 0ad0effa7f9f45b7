using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.Tests.Discovery;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class TaskPlaneSpecs : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TaskOptions Idempotent = new() { Idempotent = true };

    [Fact]
    public async Task An_agent_of_another_node_answers()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        await worker.AddAsync<FxAgent>("desk");

        var price = await caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 21));

        Assert.Equal(new Price(42, 1), price);
    }

    [Fact]
    public async Task A_node_asks_its_own_agents_first()
    {
        var mesh = new SpecMesh(Sys);
        var node = mesh.Start(1);
        var other = mesh.Start(2);
        var gate = new Gate();
        gate.Open.SetResult();
        await node.AddAsync<GatedAgent>("desk", gate);
        await other.AddAsync<GatedAgent>("desk", new Gate());

        await node.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1));

        Assert.Equal(node.Mesh.Address, Assert.Single(gate.Started).Caller);
    }

    [Fact]
    public async Task An_agent_that_throws_fails_its_task_is_restarted_and_goes_on()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        await worker.AddAsync<FxAgent>("desk");
        await worker.AddAsync<RawAgent>("other-desk");
        Assert.Equal(1, (await PriceAsync(caller, "EURUSD")).Served);
        Assert.Equal(2, (await PriceAsync(caller, "EURUSD")).Served);

        var failure = await Assert.ThrowsAsync<MeshException>(() => PriceAsync(caller, "broken"));

        Assert.Equal(MeshErrorCode.AgentFailed, failure.Code);
        Assert.Contains("no rate for broken", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await PriceAsync(caller, "EURUSD")).Served);
        Assert.Equal(4, (await LengthAsync(caller, "four")).GetInt32());
    }

    [Fact]
    public async Task The_caller_that_cancels_cancels_the_handler()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);
        using var cancellation = new CancellationTokenSource();
        var asked = caller.Mesh.AskAsync<Quote, Price>(
            "gated", new Quote("EURUSD", 1), cancellationToken: cancellation.Token);
        await gate.Entered.Task.WaitAsync(Soon);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await gate.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task The_deadline_ends_the_task_at_both_ends()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<Quote, Price>(
            "gated", new Quote("EURUSD", 1), new TaskOptions { Deadline = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(MeshErrorCode.DeadlineExceeded, failure.Code);
        await gate.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task A_capability_nobody_offers_fails_in_time_and_says_what_to_do()
    {
        var caller = new SpecMesh(Sys).Start(1);

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<Quote, Price>(
            "no-such-thing", new Quote("EURUSD", 1), new TaskOptions { Deadline = Soon }));

        Assert.Equal(MeshErrorCode.NoPeers, failure.Code);
        Assert.Equal("no-peers", failure.Code.ToName());
        Assert.Contains("no-such-thing", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Hint);
    }

    [Fact]
    public async Task A_node_that_is_full_refuses_and_the_task_goes_to_another()
    {
        var mesh = new SpecMesh(Sys) { Work = new TaskRegisterSettings { MaxRunningPerAgent = 1 } };
        var caller = mesh.Start(1);
        var (full, free) = (new Gate(), new Gate());
        await mesh.Start(2).AddAsync<GatedAgent>("desk", full);
        var first = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1));
        await full.Entered.Task.WaitAsync(Soon);
        await mesh.Start(3).AddAsync<GatedAgent>("desk", free);

        var second = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 2));

        await free.Entered.Task.WaitAsync(Soon);
        full.Open.SetResult();
        free.Open.SetResult();
        Assert.Equal([1m, 2m], [(await first).Total, (await second).Total]);
    }

    [Fact]
    public async Task A_node_no_tunnel_reaches_is_passed_over()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<FxAgent>("desk");
        await mesh.Start(3).AddAsync<FxAgent>("desk");
        mesh.CutOff(2);

        Assert.Equal(1, (await PriceAsync(caller, "EURUSD")).Served);
        Assert.Equal(SomeNodes.Address(3), Assert.Single(mesh.Streams).Peer);
    }

    [Fact]
    public async Task An_idempotent_task_goes_elsewhere_when_its_worker_dies_and_any_other_is_of_unknown_outcome()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var dying = mesh.Start(2);
        var (lost, found) = (new Gate(), new Gate());
        found.Open.SetResult();
        await dying.AddAsync<GatedAgent>("desk", lost);
        var begun = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 2));
        await lost.Entered.Task.WaitAsync(Soon);
        var safe = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1), Idempotent);
        await mesh.Start(3).AddAsync<GatedAgent>("desk", found);

        mesh.CutOff(2);
        await dying.Root.GracefulStop(Soon);

        Assert.Equal(1, (await safe).Total);
        var failure = await Assert.ThrowsAsync<MeshException>(() => begun);
        Assert.Equal(MeshErrorCode.OutcomeUnknown, failure.Code);
    }

    [Fact]
    public async Task An_idempotent_task_is_given_to_another_node_as_soon_as_the_tunnel_fails()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var (silent, quick) = (new Gate(), new Gate());
        quick.Open.SetResult();
        await mesh.Start(2).AddAsync<GatedAgent>("desk", silent);
        var asked = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1), Idempotent);
        await silent.Entered.Task.WaitAsync(Soon);
        await mesh.Start(3).AddAsync<GatedAgent>("desk", quick);

        caller.Tasks.Tell(new DispatchActor.TunnelChanged(SomeNodes.Address(2), Open: false));

        Assert.Equal(1, (await asked).Total);
        await silent.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task Parts_arrive_in_order_and_a_reader_that_waits_makes_the_handler_wait()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var produced = new Produced();
        await mesh.Start(2).AddAsync<CountingAgent>("counter", produced);

        var parts = new List<string>();
        await foreach (var part in caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("small", 500)))
        {
            parts.Add(part);
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(number => $"{number}"), parts);

        var reader = caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("large", 500)).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        var window = (LocalTaskStream.WindowBytes / (64 * 1024)) + 2;
        await AwaitConditionAsync(() => Task.FromResult(produced.Parts >= window - 2), Soon);
        Assert.InRange(produced.Parts, window - 2, window + 2);
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task Who_leaves_the_loop_cancels_the_handler()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var produced = new Produced();
        await mesh.Start(2).AddAsync<CountingAgent>("counter", produced);

        await foreach (var part in caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("large", 1_000_000)))
        {
            Assert.Equal(64 * 1024, part.Length);
            break;
        }

        var parts = await caller.Mesh.StreamAsync<Quote, string>("counting", new Quote("small", 3)).CountAsync();
        Assert.Equal(3, parts);
    }

    [Fact]
    public async Task One_result_can_be_read_as_a_stream_but_parts_are_no_one_result()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        await worker.AddAsync<FxAgent>("desk");
        await worker.AddAsync<CountingAgent>("counter", new Produced());

        Assert.Single(await caller.Mesh.StreamAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 1)).ToListAsync());
        var failure = await Assert.ThrowsAsync<MeshException>(
            () => caller.Mesh.AskAsync<Quote, string>("counting", new Quote("small", 1)));
        Assert.Equal(MeshErrorCode.SchemaViolation, failure.Code);
    }

    [Fact]
    public async Task Raw_json_that_does_not_fit_is_refused_before_it_leaves()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<RawAgent>("desk");

        Assert.Equal(4, (await LengthAsync(caller, "four")).GetInt32());
        var opened = mesh.Streams.Count;
        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskJsonAsync(
            "raw-length", JsonSerializer.SerializeToElement(new { text = 4 })));

        Assert.Equal((MeshErrorCode.SchemaViolation, "$.text"), (failure.Code, failure.Field));
        Assert.Equal(opened, mesh.Streams.Count);
    }

    [Fact]
    public async Task A_typed_request_that_does_not_fit_is_refused_by_the_receiver_before_the_agent_has_it()
    {
        var mesh = new SpecMesh(Sys) { Journal = new ListJournal() };
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<FxAgent>("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<object, Price>(
            "fx-pricing", new { pair = "EURUSD", amount = "much" }));

        Assert.Equal((MeshErrorCode.SchemaViolation, "$.amount"), (failure.Code, failure.Field));
        Assert.Empty(((ListJournal)mesh.Journal).Starts);
    }

    [Fact]
    public async Task A_raw_result_that_does_not_fit_never_leaves_the_worker()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<RawAgent>("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(() => LengthAsync(caller, "nonsense"));

        Assert.Equal(MeshErrorCode.AgentFailed, failure.Code);
    }

    [Fact]
    public async Task A_result_the_caller_cannot_read_is_a_violation()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<FxAgent>("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(
            () => caller.Mesh.AskAsync<Quote, string>("fx-pricing", new Quote("EURUSD", 1)));

        Assert.Equal(MeshErrorCode.SchemaViolation, failure.Code);
    }

    [Fact]
    public async Task The_caller_chooses_version_and_tags()
    {
        var mesh = new SpecMesh(Sys) { Calls = new TaskCallSettings { NoPeersPatience = TimeSpan.FromMilliseconds(50) } };
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<FxAgent>("desk");

        var failure = await Assert.ThrowsAsync<MeshException>(() => caller.Mesh.AskAsync<Quote, Price>(
            "fx-pricing",
            new Quote("EURUSD", 1),
            new TaskOptions { Filter = new CapabilityFilter { Version = CapabilityVersion.Parse("1.3") } }));
        Assert.Equal(MeshErrorCode.NoPeers, failure.Code);
        Assert.Contains("version 1.3", failure.Message, StringComparison.Ordinal);

        var match = Assert.Single(await caller.Mesh.QueryAsync("fx-pricing"));
        Assert.Equal((SomeNodes.Address(2), "fx-pricing 1.2"), (match.Address, match.Capability.ToString()));
    }

    private static Task<Price> PriceAsync(SpecMesh.Node caller, string pair) =>
        caller.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote(pair, 1));

    private static Task<JsonElement> LengthAsync(SpecMesh.Node caller, string text) =>
        caller.Mesh.AskJsonAsync("raw-length", JsonSerializer.SerializeToElement(new { text }));
}
