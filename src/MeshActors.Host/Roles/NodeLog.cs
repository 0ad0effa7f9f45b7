using MeshActors.Host.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MeshActors.Host.Roles;

/// <summary>The log of a node: one line each, on standard error, so that standard output stays for results.</summary>
internal static class NodeLog
{
    public static ILoggerFactory Create(ObservabilitySettings settings) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(settings.LogLevel)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Akka", settings.LogLevel == LogLevel.Debug ? LogLevel.Debug : LogLevel.Warning)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        })
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
