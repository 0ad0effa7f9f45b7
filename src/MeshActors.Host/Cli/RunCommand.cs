using System;
using System.CommandLine;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Configuration;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>run</c>: a node until it is stopped, or with <c>--check</c> only a look at its configuration.</summary>
internal static class RunCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What verbs are made from.</param>
    /// <param name="node">Runs a node until it ends and returns the exit code.</param>
    public static Command Create(
        VerbContext context, Func<NodeConfiguration, HostEnvironment, CommandOutput, CancellationToken, Task<int>> node)
    {
        var config = new Option<string>("--config")
        {
            Description = "Configuration file; hocon/mesh-agent-config.conf is an example with every key.",
            HelpName = "FILE",
            Required = true,
        };
        var check = new Option<bool>("--check") { Description = "Read and check the configuration, and end." };
        var command = new Command("run", "Runs a node until it is stopped; SIGTERM lets its tasks end first.") { config, check };
        command.SetAction((result, _) => context.RunAsync(result, (output, stopped) =>
        {
            var file = result.GetRequiredValue(config);
            if (Load(file, context.Environment, output) is not { } configuration)
            {
                return Task.FromResult(ExitCode.Wrong);
            }

            if (result.GetValue(check))
            {
                output.Say($"{file}: the configuration is right.");
                return Task.FromResult(output.Summarize(new JsonObject { ["config"] = Path.GetFullPath(file), ["mistakes"] = 0 }));
            }

            return node(configuration, context.Environment, output, stopped);
        }));
        return command;
    }

    /// <summary>Reads a configuration and reports what is wrong with it; null after a mistake.</summary>
    public static NodeConfiguration? Load(string file, HostEnvironment environment, CommandOutput output)
    {
        var mistakes = new MistakeList();
        var configuration = ConfigurationLoader.Load(file, environment.Variable, mistakes);
        if (mistakes.IsEmpty)
        {
            return configuration;
        }

        foreach (var mistake in mistakes.InOrder())
        {
            output.Warn(mistake.ToString());
            output.Emit("mistake", new JsonObject
            {
                ["file"] = mistake.File,
                ["line"] = mistake.Line,
                ["key"] = mistake.Key,
                ["value"] = mistake.ShownValue,
                ["problem"] = mistake.ShownProblem,
                ["allowed"] = mistake.Allowed,
            });
        }

        var count = mistakes.InOrder().Count + mistakes.Uncounted;
        if (mistakes.Uncounted > 0)
        {
            output.Warn($"and {mistakes.Uncounted} more");
        }

        output.Emit("summary", new JsonObject
        {
            ["error"] = ErrorCodes.Configuration,
            ["hint"] = "Correct the lines that are named; every key stands in mesh.reference.conf.",
            ["mistakes"] = count,
        });
        return null;
    }
}
