using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Tasks;

namespace MeshActors.Agents;

/// <summary>Where a handler's results go: to the actor that runs the task.</summary>
internal sealed class TaskOutput
{
    private readonly IActorRef _run;
    private readonly Func<ReadOnlyMemory<byte>, SchemaViolation?> _check;

    /// <param name="run">The actor that runs the task.</param>
    /// <param name="check">Holds a raw result against the capability's result schema.</param>
    public TaskOutput(IActorRef run, Func<ReadOnlyMemory<byte>, SchemaViolation?> check)
    {
        _run = run;
        _check = check;
    }

    /// <summary>The whole result; <paramref name="raw"/> JSON is held against the schema first.</summary>
    public void Complete(ReadOnlyMemory<byte> payload, bool raw)
    {
        Require(payload, raw);
        _run.Tell(new TaskRunActor.ResultProduced(payload));
    }

    /// <summary>The end of the parts.</summary>
    public void Complete() => _run.Tell(new TaskRunActor.ResultProduced(Payload: null));

    /// <summary>One part; completes when a caller's tunnel has taken it, so a slow caller slows the handler.</summary>
    public async Task WritePartAsync(ReadOnlyMemory<byte> payload, bool raw, CancellationToken cancellationToken)
    {
        Require(payload, raw);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _run.Tell(new TaskRunActor.PartProduced(payload, taken));
        await taken.Task.WaitAsync(cancellationToken);
    }

    private void Require(ReadOnlyMemory<byte> payload, bool raw)
    {
        if (payload.Length > PayloadJson.MaxLength)
        {
            throw new InvalidOperationException(
                $"The result has {payload.Length} bytes, more than {PayloadJson.MaxLength}.");
        }

        if (raw && _check(payload) is { } violation)
        {
            throw new InvalidOperationException($"The result does not fit the capability's schema: {violation}.");
        }
    }
}
