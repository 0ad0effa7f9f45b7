using System.Globalization;
using System.IO;
using Akka.Actor;
using Akka.Event;

namespace MeshActors.RegionLab.Nodes;

/// <summary>Writes what the ActorSystem logs to a file, each line with the time of the machine's clock in seconds.</summary>
internal sealed class LogActor : UntypedActor
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly TextWriter _file;

    public LogActor(TextWriter file)
    {
        _file = file;
    }

    public static Props Props(TextWriter file) => Akka.Actor.Props.Create(() => new LogActor(file));

    protected override void OnReceive(object message)
    {
        if (message is LogEvent entry)
        {
            _file.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{NodeOutput.Now / NanosecondsPerSecond:0.000} {entry.LogLevel()} {entry.LogSource} {entry.Message} {entry.Cause}"));
        }
    }
}
