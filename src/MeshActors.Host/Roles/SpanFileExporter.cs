using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenTelemetry;

namespace MeshActors.Host.Roles;

/// <summary>Appends finished spans to a file, one JSON object per line: for tests, and to look at a trace without a collector.</summary>
internal sealed class SpanFileExporter : BaseExporter<Activity>
{
    private readonly StreamWriter _writer;

    /// <param name="path">The file; made when it is not there.</param>
    public SpanFileExporter(string path)
    {
        _writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        try
        {
            foreach (var span in batch)
            {
                _writer.WriteLine(Show(span).ToJsonString(JsonSerializerOptions.Web));
            }

            return ExportResult.Success;
        }
        catch (IOException)
        {
            return ExportResult.Failure;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }

    private static JsonObject Show(Activity span)
    {
        var tags = new JsonObject();
        foreach (var (name, value) in span.TagObjects)
        {
            tags[name] = value?.ToString();
        }

        return new JsonObject
        {
            ["name"] = span.DisplayName,
            ["source"] = span.Source.Name,
            ["kind"] = span.Kind.ToString(),
            ["traceId"] = span.TraceId.ToHexString(),
            ["spanId"] = span.SpanId.ToHexString(),
            ["parentSpanId"] = span.ParentSpanId == default ? null : span.ParentSpanId.ToHexString(),
            ["start"] = span.StartTimeUtc,
            ["durationMs"] = span.Duration.TotalMilliseconds,
            ["status"] = span.Status.ToString(),
            ["tags"] = tags,
        };
    }
}
