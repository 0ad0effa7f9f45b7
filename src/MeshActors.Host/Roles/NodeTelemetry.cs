using System;
using System.Collections.Generic;
using MeshActors.Host.Configuration;
using MeshActors.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MeshActors.Host.Roles;

/// <summary>Sends the node's spans and metrics where the environment says (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>), and spans to a file.</summary>
internal sealed class NodeTelemetry : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Spans of the local API's requests: without them a task's span would have a parent that nobody records.</summary>
    private const string ApiSource = "Microsoft.AspNetCore";

    private readonly List<IDisposable> _providers;

    private NodeTelemetry(List<IDisposable> providers)
    {
        _providers = providers;
    }

    /// <summary>Starts what is asked for; nothing when tracing is off or nobody takes it.</summary>
    public static NodeTelemetry Start(ObservabilitySettings settings, string nodeId, Func<string, string?> environment)
    {
        var providers = new List<IDisposable>();
        var collector = !string.IsNullOrEmpty(environment(Endpoint));
        var resource = ResourceBuilder.CreateDefault().AddService("meshactors", serviceInstanceId: nodeId);
        if (settings.Tracing && (collector || settings.SpanFile is not null))
        {
            var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(MeshTelemetry.Name, ApiSource);
            if (collector)
            {
                traces.AddOtlpExporter();
            }

            if (settings.SpanFile is { } file)
            {
                traces.AddProcessor(new SimpleActivityExportProcessor(new SpanFileExporter(file)));
            }

            providers.Add(traces.Build());
        }

        if (settings.Tracing && collector)
        {
            providers.Add(Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(MeshTelemetry.Name)
                .AddOtlpExporter()
                .Build());
        }

        return new NodeTelemetry(providers);
    }

    /// <summary>Sends what has not been sent.</summary>
    public void Dispose() => _providers.ForEach(provider => provider.Dispose());
}
