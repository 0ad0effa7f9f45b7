using System.CommandLine;
using System.IO;
using System.Text.Json;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The hidden verb that the demo starts its processes with.</summary>
internal static class DemoNodeCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(VerbContext context)
    {
        var file = new Argument<string>("FILE") { Description = "What the process is to be, as the demo wrote it." };
        var command = new Command(NodeSpec.Verb, "One process of the demo; ends with its standard input.") { file };
        command.Hidden = true;
        command.SetAction((result, _) => context.RunAsync(result, (output, stopped) =>
        {
            var json = File.ReadAllText(result.GetRequiredValue(file));
            var spec = JsonSerializer.Deserialize<NodeSpec>(json, NodeSpec.Json)
                ?? throw new CommandFailure(
                    ErrorCodes.Usage, "The file says nothing.", "This verb is for the demo alone.", ExitCode.Wrong);
            return DemoNode.RunAsync(spec, context.Environment, stopped);
        }));
        return command;
    }
}
