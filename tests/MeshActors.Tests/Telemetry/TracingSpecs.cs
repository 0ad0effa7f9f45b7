using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Agents;
using MeshActors.Tasks;
using MeshActors.Telemetry;
using MeshActors.Tests.Tasks;
using Xunit;

namespace MeshActors.Tests.Telemetry;

/// <summary>Traces and metrics of tasks between two nodes.</summary>
public sealed class TracingSpecs : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public async Task A_task_is_one_trace_over_both_nodes_and_carries_the_correlation_id()
    {
        using var own = new ActivitySource("TracingSpecs");
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MeshTelemetry.Name or "TracingSpecs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var seen = new ConcurrentQueue<(string TraceId, string? Span)>();
        await mesh.Start(2).AddAsync<TracedAgent>("desk", seen);
        ActivityTraceId trace;

        using (var outer = own.StartActivity("order"))
        {
            trace = outer!.TraceId;
            outer.TraceStateString = "vendor=1";
            await caller.Mesh.AskAsync<Quote, Price>(
                "traced", new Quote("EURUSD", 1), new TaskOptions { TraceId = "order-7" });
        }

        await AwaitConditionAsync(
            () => Task.FromResult(ended.Count(activity => activity.TraceId == trace) == 3), TimeSpan.FromSeconds(10));
        var spans = ended.Where(activity => activity.TraceId == trace).ToDictionary(activity => activity.DisplayName);
        Assert.Equal(spans["order"].SpanId, spans["ask traced"].ParentSpanId);
        Assert.Equal(spans["ask traced"].SpanId, spans["run traced"].ParentSpanId);
        Assert.Equal(
            (ActivityKind.Client, ActivityKind.Server), (spans["ask traced"].Kind, spans["run traced"].Kind));
        Assert.Equal("vendor=1", spans["run traced"].TraceStateString);
        Assert.All(
            (string[])["ask traced", "run traced"],
            name => Assert.Equal("order-7", spans[name].GetTagItem("x-mesh-trace-id")));
        Assert.Equal(("order-7", spans["run traced"].Id), Assert.Single(seen));
    }

    [Fact]
    public async Task Duration_and_retries_are_measured_by_capability_and_outcome()
    {
        var durations = new ConcurrentQueue<(string Capability, string Outcome)>();
        var retries = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == MeshTelemetry.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "mesh.task.duration")
            {
                durations.Enqueue((Tag(tags, "capability"), Tag(tags, "outcome")));
            }
        });
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (instrument.Name == "mesh.task.retries" && Tag(tags, "capability") == "measured")
            {
                System.Threading.Interlocked.Add(ref retries, count);
            }
        });
        listener.Start();
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        await mesh.Start(2).AddAsync<MeasuredAgent>("desk");
        await mesh.Start(3).AddAsync<MeasuredAgent>("desk");
        mesh.CutOff(2);

        await caller.Mesh.AskAsync<Quote, Price>("measured", new Quote("EURUSD", 1));
        await Assert.ThrowsAsync<MeshException>(
            () => caller.Mesh.AskAsync<Quote, Price>("measured", new Quote("broken", 1)));

        var measured = durations.Where(each => each.Capability == "measured").Select(each => each.Outcome);
        Assert.Equal(["completed", "agent-failed"], measured);
        Assert.Equal(2, retries);
    }

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == key)
            {
                return $"{tag.Value}";
            }
        }

        return string.Empty;
    }

    private sealed class TracedAgent : MeshAgent
    {
        public TracedAgent(ConcurrentQueue<(string TraceId, string? Span)> seen) =>
            Serve<Quote, Price>("traced", "1.0", async (quote, context) =>
            {
                await Task.Yield();
                seen.Enqueue((context.TraceId, Activity.Current?.Id));
                return new Price(quote.Amount, 0);
            });
    }

    private sealed class MeasuredAgent : MeshAgent
    {
        public MeasuredAgent() => Serve<Quote, Price>("measured", "1.0", quote => quote.Pair == "broken"
            ? throw new InvalidOperationException("as asked")
            : new Price(quote.Amount, 0));
    }
}
