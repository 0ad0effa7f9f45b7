using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Tasks;

/// <summary>What a worker does with a task id that comes again: the same outcome, never a second run.</summary>
public sealed class RepeatedTaskSpecs : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_task_id_that_comes_again_after_the_end_gets_the_same_outcome()
    {
        var journal = new ListJournal();
        var mesh = new SpecMesh(Sys) { Journal = journal };
        var worker = mesh.Start(2);
        await worker.AddAsync<FxAgent>("desk");
        var order = Order("fx-pricing", "1.2", new Quote("EURUSD", 4));

        var first = await SendAsync(worker, order);
        var second = await SendAsync(worker, order);

        Assert.Equal([TaskReplyKind.Started, TaskReplyKind.Completed], first.Select(reply => reply.Kind));
        Assert.Equal(first.Select(reply => reply.Kind), second.Select(reply => reply.Kind));
        Assert.True(first[^1].Payload!.Value.Span.SequenceEqual(second[^1].Payload!.Value.Span));
        Assert.Equal(order.Id, Assert.Single(journal.Starts));
    }

    [Fact]
    public async Task A_task_id_that_comes_again_while_it_runs_attaches_to_the_run()
    {
        var mesh = new SpecMesh(Sys);
        var worker = mesh.Start(2);
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);
        var order = Order("gated", "1.0", new Quote("EURUSD", 1));
        var first = SendAsync(worker, order);
        await gate.Entered.Task.WaitAsync(Soon);

        var second = SendAsync(worker, order);
        gate.Open.SetResult();

        Assert.Equal(TaskReplyKind.Completed, (await first)[^1].Kind);
        Assert.Equal(TaskReplyKind.Completed, (await second)[^1].Kind);
        Assert.Single(gate.Started);
    }

    [Fact]
    public async Task One_of_two_callers_that_cancels_does_not_cancel_the_run()
    {
        var mesh = new SpecMesh(Sys);
        var worker = mesh.Start(2);
        var gate = new Gate();
        await worker.AddAsync<GatedAgent>("desk", gate);
        var order = Order("gated", "1.0", new Quote("EURUSD", 1));
        var leaving = CreateTestProbe();
        var stream = Open(worker, leaving, order);
        await gate.Entered.Task.WaitAsync(Soon);
        var staying = SendAsync(worker, order);

        stream.Reset(TaskStreamCode.Cancelled);
        gate.Open.SetResult();

        Assert.Equal(TaskReplyKind.Completed, (await staying)[^1].Kind);
    }

    [Fact]
    public async Task A_task_whose_schema_check_failed_may_come_back_with_a_payload_that_fits()
    {
        var mesh = new SpecMesh(Sys);
        var worker = mesh.Start(2);
        await worker.AddAsync<FxAgent>("desk");
        var order = Order("fx-pricing", "1.2", new Quote("EURUSD", 4));

        var refused = await SendAsync(worker, order with { Payload = "{}"u8.ToArray() });
        var done = await SendAsync(worker, order);

        Assert.True(Assert.Single(refused).NotStarted);
        Assert.Equal(TaskReplyKind.Completed, done[^1].Kind);
    }

    [Fact]
    public async Task A_stream_whose_first_parts_are_forgotten_is_never_told_again()
    {
        var mesh = new SpecMesh(Sys);
        var worker = mesh.Start(2);
        await worker.AddAsync<CountingAgent>("counter", new Produced());
        var order = Order("counting", "1.0", new Quote("large", 40)) with { Streaming = true };

        var first = await SendAsync(worker, order);
        var second = await SendAsync(worker, order);

        Assert.Equal(40, first.Count(reply => reply.Kind == TaskReplyKind.Part));
        var failed = Assert.Single(second);
        Assert.Equal(
            (TaskReplyKind.Failed, Wire.TaskFailureCode.OutcomeUnknown, false),
            (failed.Kind, failed.Failure!.Code, failed.NotStarted));
    }

    private static TaskOrder Order(string capability, string version, Quote quote) => new(
        TaskId.Create(new SimRandom((ulong)capability.Length)),
        capability,
        new CapabilityFilter { Version = CapabilityVersion.Parse(version) },
        MeshActors.Agents.PayloadJson.Write(quote),
        Raw: false,
        Streaming: false,
        TaskOptions.Default,
        "spec",
        string.Empty,
        string.Empty,
        new MonoTime(0),
        new ResultSink());

    private static LocalTaskStream Open(SpecMesh.Node worker, IActorRef dispatch, TaskOrder order)
    {
        var stream = LocalTaskStream.Open(SomeNodes.Address(1), worker.Mesh.Address, worker.Tasks, dispatch, attempt: 0);
        stream.TrySend(order.WriteHeader(order.Filter.Version!.Value, Soon));
        stream.TrySend(order.Payload);
        return stream;
    }

    /// <summary>Sends the order as node 1 and reads until the outcome.</summary>
    private async Task<List<TaskReplyEvent>> SendAsync(SpecMesh.Node worker, TaskOrder order)
    {
        var dispatch = CreateTestProbe();
        var stream = Open(worker, dispatch, order);
        var reader = new TaskReplyReader();
        var replies = new List<TaskReplyEvent>();
        while (replies.Count == 0 || replies[^1].Kind is not (TaskReplyKind.Completed or TaskReplyKind.Failed))
        {
            var message = await dispatch.ExpectMsgAsync<DispatchActor.AttemptMessage>(Soon);
            stream.Release(message.Bytes.Length);
            var reply = reader.Handle(message.Bytes);
            if (reply.Kind != TaskReplyKind.AwaitingPayload)
            {
                replies.Add(reply);
            }
        }

        stream.Finish();
        return replies;
    }
}
