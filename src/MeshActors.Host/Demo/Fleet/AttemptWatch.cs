using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MeshActors.Telemetry;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>Learns from the caller's own spans how many nodes each task was tried on.</summary>
internal sealed class AttemptWatch : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly ActivityListener _listener;

    public AttemptWatch()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MeshTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = HandleStopped,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Attempts of a task that has ended, 0 when there was nobody to try or no span; forgets it.</summary>
    /// <param name="traceId">The correlation id the task was asked with.</param>
    public int TakeOf(string traceId) => _attempts.TryRemove(traceId, out var attempts) ? attempts : 0;

    public void Dispose() => _listener.Dispose();

    private void HandleStopped(Activity activity)
    {
        if (activity.Kind == ActivityKind.Client
            && activity.GetTagItem(MeshTelemetry.CorrelationHeader) is string traceId
            && activity.GetTagItem(MeshTelemetry.Attempts) is string text
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts))
        {
            _attempts[traceId] = attempts;
        }
    }
}
