using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Tasks;
using MeshActors.Agents;
using MeshActors.Capabilities;
using MeshActors.Tasks;

namespace MeshActors.Tests.Tasks;

public sealed record Quote(string Pair, decimal Amount);

public sealed record Price(decimal Total, int Served);

/// <summary>Prices quotes and counts what it served since it was made; a pair <c>broken</c> makes it throw.</summary>
internal sealed class FxAgent : MeshAgent
{
    private int _served;

    public FxAgent() => Serve<Quote, Price>("fx-pricing", "1.2", Handle);

    private Price Handle(Quote quote) => quote.Pair == "broken"
        ? throw new InvalidOperationException("no rate for broken")
        : new Price(quote.Amount * 2, ++_served);
}

/// <summary>Holds every task until the spec lets it go, or it is cancelled; says what happened.</summary>
internal sealed class GatedAgent : MeshAgent
{
    public GatedAgent(Gate gate) => Serve<Quote, Price>("gated", "1.0", async (quote, context) =>
    {
        gate.Started.Enqueue(context);
        gate.Entered.TrySetResult(context);
        try
        {
            await gate.Open.Task.WaitAsync(context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            gate.Cancelled.TrySetResult();
            throw;
        }

        return new Price(quote.Amount, gate.Started.Count);
    });
}

/// <summary>Shared by a spec and its <see cref="GatedAgent"/>s.</summary>
internal sealed class Gate
{
    public ConcurrentQueue<TaskContext> Started { get; } = new();

    public TaskCompletionSource<TaskContext> Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Counts from 1 to the amount, part by part; says how far it was asked to go.</summary>
internal sealed class CountingAgent : MeshAgent
{
    private readonly Produced _produced;

    public CountingAgent(Produced produced)
    {
        _produced = produced;
        Serve<Quote, string>("counting", "1.0", CountAsync);
    }

    private async IAsyncEnumerable<string> CountAsync(
        Quote quote, TaskContext context, [EnumeratorCancellation] System.Threading.CancellationToken cancellation)
    {
        for (var number = 1; number <= quote.Amount; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            _produced.Parts = number;
            yield return quote.Pair switch
            {
                "large" => new string('x', 64 * 1024),
                "medium" => new string('x', 16 * 1024),
                _ => number.ToString(CultureInfo.InvariantCulture),
            };
        }
    }

    private IAsyncEnumerable<string> CountAsync(Quote quote, TaskContext context) =>
        CountAsync(quote, context, context.CancellationToken);
}

/// <summary>How many parts a <see cref="CountingAgent"/> has made.</summary>
internal sealed class Produced
{
    public volatile int Parts;
}

/// <summary>Takes <c>{"text": string}</c> as it is and gives its length, or nonsense when asked for it.</summary>
internal sealed class RawAgent : MeshAgent
{
    public static readonly CapabilityDescriptor Descriptor = new(
        "raw-length",
        CapabilityVersion.Parse("1.0"),
        requestSchema: """{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}""",
        resultSchema: """{"type":"integer"}""");

    public RawAgent() => ServeJson(Descriptor, (request, _) =>
    {
        var text = request.GetProperty("text").GetString()!;
        return Task.FromResult(text == "nonsense"
            ? JsonSerializer.SerializeToElement("not a number")
            : JsonSerializer.SerializeToElement(text.Length));
    });
}

/// <summary>Remembers every start it is told.</summary>
internal sealed class ListJournal : ITaskJournal
{
    public ConcurrentQueue<TaskId> Starts { get; } = new();

    public void TaskStarting(TaskId task, string agent, string capability) => Starts.Enqueue(task);
}
