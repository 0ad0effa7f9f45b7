using System;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo;
using MeshActors.Host.Demo.Fleet;
using MeshActors.Host.Roles;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Host;

/// <summary>The composition root: picks the real time, the real chance, the real console, and puts the verbs together.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var stop = new StopSignals();
        var environment = new HostEnvironment(
            Console.Out,
            Console.Error,
            Environment.GetEnvironmentVariable,
            new Clock(TimeProvider.System),
            SystemRandomSource.Instance,
            stop.Stopped);
        var commandLine = new CommandLine(
            environment,
            context => RunCommand.Create(context, NodeProgram.RunAsync),
            StatusCommand.Create,
            QueryCommand.Create,
            SendCommand.Create,
            DoctorCommand.Create,
            context => DemoCommand.Create(context, DemoVerb.RunAsync),
            DemoNodeCommand.Create);
        return await commandLine.RunAsync(arguments).ConfigureAwait(false);
    }
}
