using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>In place of a failure detector of Akka.Remote: says when the answers to heartbeats come, and suspects nobody. Made by Akka from its settings.</summary>
public sealed class TimedDetector : FailureDetector
{
    private readonly EventStream _events;
    private bool _isMonitoring;

    /// <param name="config">Not used: it has no settings.</param>
    /// <param name="events">Where it tells each heartbeat, as <see cref="HeartbeatCame"/>.</param>
    public TimedDetector(Config config, EventStream events)
    {
        _ = config;
        _events = events;
    }

    /// <inheritdoc/>
    public override bool IsAvailable => true;

    /// <inheritdoc/>
    public override bool IsMonitoring => _isMonitoring;

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        _isMonitoring = true;
        _events.Publish(new HeartbeatCame(Stopwatch.GetTimestamp()));
    }
}
