using System.Text.Json;
using System.Text.Json.Nodes;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Report;

/// <summary>The demo's JSON: one object for each task as it ends, and the summary last.</summary>
internal sealed class DemoLines
{
    private readonly CommandOutput _output;

    public DemoLines(CommandOutput output)
    {
        _output = output;
    }

    /// <summary>A task has ended.</summary>
    public void Emit(DemoOutcome outcome)
    {
        if (_output.Json)
        {
            var task = outcome.Task;
            _output.Emit("task", ToObject(new TaskLine(
                task.Id,
                task.Capability,
                task.Chunk.File,
                task.Chunk.Line,
                outcome.Worker,
                outcome.LatencyMs,
                outcome.Attempts,
                outcome.Result,
                outcome.Error,
                outcome.Hint)));
        }
    }

    /// <summary>The last object.</summary>
    public void Emit(DemoSummary summary) => _output.Emit("summary", ToObject(summary));

    private static JsonObject ToObject<T>(T line) =>
        JsonSerializer.SerializeToNode(line, JsonSerializerOptions.Web)!.AsObject();

    private sealed record TaskLine(
        string Id,
        string Capability,
        string File,
        int Line,
        string? Worker,
        double Ms,
        int Attempts,
        object? Result,
        string? Error,
        string? Hint);
}
