using System;
using Akka.TestKit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>The time of the test scheduler, as a time provider.</summary>
internal sealed class SchedulerTime : TimeProvider
{
    private readonly TestScheduler _scheduler;

    public SchedulerTime(TestScheduler scheduler)
    {
        _scheduler = scheduler;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _scheduler.Now.Ticks;
}
