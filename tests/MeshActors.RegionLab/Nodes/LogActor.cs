using System.Globalization;
using System.IO;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace MeshActors.RegionLab.Nodes;

/// <summary>Writes what the ActorSystem logs, and why associations failed, to a file, each line with the time of the machine's clock in seconds.</summary>
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
        switch (message)
        {
            case LogEvent entry:
                Write($"{entry.LogLevel()} {entry.LogSource} {entry.Message} {entry.Cause}");
                break;
            case AssociationErrorEvent error:
                Write($"association with {error.RemoteAddress}: {error.Cause?.GetBaseException().Message}");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(string words) => _file.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{NodeOutput.Now / NanosecondsPerSecond:0.000} {words}"));
}
