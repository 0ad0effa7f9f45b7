using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Tests.Cli;

/// <summary>What a command line wrote and how it ended.</summary>
internal sealed record Ran(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<JsonObject> Lines =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    public JsonObject Summary => Lines[^1];

    /// <summary>Runs it with the verbs of the program; <c>run</c> and <c>demo</c> do what is handed in.</summary>
    public static async Task<Ran> CommandAsync(string[] arguments, Func<VerbContext, Command>[]? verbs = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new HostEnvironment(
            output, error, name => name == "HOME" ? "/nonexistent" : null, Clock.System, SystemRandomSource.Instance, CancellationToken.None);
        verbs ??=
        [
            context => RunCommand.Create(context, (_, _, _, _) => Task.FromResult(0)),
            context => DemoCommand.Create(context, (_, _, _, _) => Task.FromResult(0)),
            StatusCommand.Create,
            QueryCommand.Create,
            SendCommand.Create,
            DoctorCommand.Create,
        ];
        var exitCode = await new CommandLine(environment, verbs).RunAsync(arguments);
        return new Ran(exitCode, output.ToString(), error.ToString());
    }
}
