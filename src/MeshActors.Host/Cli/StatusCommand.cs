using System.CommandLine;
using System.Linq;
using System.Text.Json.Nodes;
using MeshActors.Host.Api;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>status</c>: what the running node says about itself.</summary>
internal static class StatusCommand
{
    public static Command Create(VerbContext context)
    {
        var connection = new ConnectionOptions();
        var command = new Command("status", "Who the running node is, what it does, whom it reaches.");
        connection.AddTo(command);
        command.SetAction((result, _) => context.RunAsync(result, async (output, stopped) =>
        {
            using var api = connection.Open(result, context.Environment, output);
            if (api is null)
            {
                return ExitCode.Wrong;
            }

            var status = await api.GetAsync(ApiPaths.Status, stopped).ConfigureAwait(false);
            foreach (var (name, value) in status)
            {
                output.Say($"{name,-14} {Show(value)}");
            }

            return output.Summarize(status);
        }));
        return command;
    }

    /// <summary>As people read it: the elements of a list and the fields of an object, one after the other.</summary>
    private static string Show(JsonNode? value) => value switch
    {
        JsonArray list => string.Join(", ", list.Select(Show)),
        JsonObject fields => string.Join(' ', fields.Select(field => $"{field.Key} {Show(field.Value)}")),
        _ => value?.ToString() ?? string.Empty,
    };
}
