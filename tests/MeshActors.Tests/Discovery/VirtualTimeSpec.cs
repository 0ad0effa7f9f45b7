using System;
using Akka.TestKit;
using MeshActors.Transport.Time;

namespace MeshActors.Tests.Discovery;

/// <summary>Actors on the calling thread and in the scheduler's time: specs neither wait nor race.</summary>
public abstract class VirtualTimeSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Config = """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.actor.default-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.actor.internal-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.loglevel = WARNING
        """;

    protected VirtualTimeSpec()
        : base(Config)
    {
        Clock = new Clock(new SchedulerTime(Scheduler));
    }

    private protected Clock Clock { get; }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    /// <summary>Lets time pass in small steps: the scheduler fires only what was armed before a step.</summary>
    protected void Pass(TimeSpan span)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var left = span; left > TimeSpan.Zero; left -= step)
        {
            Scheduler.Advance(left < step ? left : step);
        }
    }

    /// <summary>Lets much time pass in one step: what a timer that fires in it arms, waits for the next.</summary>
    protected void Skip(TimeSpan span) => Scheduler.Advance(span);

    /// <summary>The time of the test scheduler, as a time provider.</summary>
    private sealed class SchedulerTime(TestScheduler scheduler) : TimeProvider
    {
        private readonly DateTimeOffset _start = scheduler.Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => scheduler.Now.Ticks;

        public override DateTimeOffset GetUtcNow() => SomeNodes.Issued + (scheduler.Now - _start);
    }
}
