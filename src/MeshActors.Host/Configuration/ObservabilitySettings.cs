using System;
using System.Net;
using Microsoft.Extensions.Logging;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.observability</c>: what the node tells about its work.</summary>
/// <param name="Tracing">Whether spans and metrics are made.</param>
/// <param name="LogLevel">Least important log lines that are written.</param>
/// <param name="SpanFile">Full path of the file that gets finished spans, or null.</param>
internal sealed record ObservabilitySettings(bool Tracing, LogLevel LogLevel, string? SpanFile)
{
    public static ObservabilitySettings FromConfig(SectionReader section, ConfigurationPlaces places)
    {
        section.Choice("correlation-header", "x-mesh-trace-id");
        section.Value<IPAddress?>(
            "metrics-bind", "an IP address, as 127.0.0.1", (string text, out IPAddress? value) => IPAddress.TryParse(text, out value));
        section.Integer("metrics-port", 0, ushort.MaxValue);
        var alerts = section.Section("alerts");
        alerts.Percent("relay-usage-pct");
        alerts.Percent("tunnel-failure-rate-pct");
        alerts.Duration("registry-partition", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        var spanFile = section.Text("span-file");
        return new ObservabilitySettings(
            section.Choice("tracing", "opentelemetry", "off") == "opentelemetry",
            section.Choice("log-level", "debug", "info", "warning", "error") switch
            {
                "debug" => LogLevel.Debug,
                "info" => LogLevel.Information,
                "warning" => LogLevel.Warning,
                _ => LogLevel.Error,
            },
            spanFile.Length == 0 ? null : places.Resolve(spanFile, spanFile));
    }
}
