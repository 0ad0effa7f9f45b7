using System;
using System.Globalization;
using System.Threading;
using Akka.Actor;

namespace MeshActors.RegionLab.Nodes;

/// <summary>An actor that may run once in the whole cluster, sharded or a singleton: says so while it runs, and answers with its name.</summary>
internal sealed class OnceActor : UntypedActor, IWithTimers
{
    /// <summary>Name of the singleton.</summary>
    public const string Leader = "leader";

    /// <summary>How often it says that it runs.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private static int _made;

    private readonly string _name;
    private readonly string _instance = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");

    public OnceActor(string name)
    {
        _name = name;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string name) => Akka.Actor.Props.Create(() => new OnceActor(name));

    protected override void PreStart()
    {
        Tell(NodeEvent.Runs);
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, Interval);
    }

    protected override void PostStop() => Tell(NodeEvent.Stopped);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                Tell(NodeEvent.Runs);
                break;
            case string:
                Sender.Tell(_name);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Tell(string kind) =>
        NodeOutput.Tell(new NodeEvent(kind, NodeOutput.Now) { Actor = _name, Instance = _instance });

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
