using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace MeshActors.Host.Roles;

/// <summary>Hands what actors log to the node's log, as it is: that adds time and level.</summary>
internal sealed class AkkaLogActor : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILoggerFactory _log = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent entry:
                Write(entry);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(LogEvent entry)
    {
        var level = entry.LogLevel() switch
        {
            AkkaLevel.ErrorLevel => LogLevel.Error,
            AkkaLevel.WarningLevel => LogLevel.Warning,
            AkkaLevel.InfoLevel => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        var log = _log.CreateLogger(entry.LogClass.FullName ?? "Akka");
        log.Log(level, default, entry.Message, entry.Cause, static (message, _) => message?.ToString() ?? string.Empty);
    }
}
