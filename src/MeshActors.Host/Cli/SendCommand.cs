using System;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeshActors.Host.Api;
using MeshActors.Host.Configuration;
using MeshActors.Tasks;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>send</c>: one task, its result on standard output.</summary>
internal static class SendCommand
{
    private const int LongestPayload = 16 * 1024 * 1024;

    public static Command Create(VerbContext context)
    {
        var connection = new ConnectionOptions();
        var capability = new Argument<string>("CAPABILITY") { Description = "Its name, as fx-pricing." };
        var payload = new Option<string>("--payload")
        {
            Description = "The request as JSON, or @FILE.",
            HelpName = "JSON|@FILE",
            Required = true,
        };
        var timeout = new Option<string>("--timeout")
        {
            Description = "How long to wait for the result, 1ms to 1d.",
            HelpName = "T",
            DefaultValueFactory = _ => "30s",
        };
        var idempotent = new Option<bool>("--idempotent")
        {
            Description = "Doing the task twice does no harm: it may be tried on another node at any time.",
        };
        var trace = new Option<string?>("--trace-id") { Description = "Correlation id, x-mesh-trace-id.", HelpName = "ID" };
        var command = new Command("send", "Has one task done and prints its result.")
        {
            capability,
            payload,
            timeout,
            idempotent,
            trace,
        };
        connection.AddTo(command);
        command.SetAction((result, _) => context.RunAsync(result, async (output, stopped) =>
        {
            var order = new JsonObject
            {
                ["capability"] = result.GetRequiredValue(capability),
                ["payload"] = ReadPayload(result.GetRequiredValue(payload)),
                ["timeoutMs"] = ReadTimeout(result.GetRequiredValue(timeout)).TotalMilliseconds,
                ["idempotent"] = result.GetValue(idempotent),
            };
            using var api = connection.Open(result, context.Environment, output);
            if (api is null)
            {
                return ExitCode.Wrong;
            }

            var answer = await api.PostAsync(ApiPaths.Tasks, order, result.GetValue(trace), stopped).ConfigureAwait(false);
            if (!output.Json)
            {
                output.Say(answer["result"]?.ToJsonString(JsonSerializerOptions.Web) ?? "null");
            }

            return output.Summarize(answer);
        }));
        return command;
    }

    private static TimeSpan ReadTimeout(string text) =>
        Durations.TryParse(text, out var timeout)
        && timeout >= TimeSpan.FromMilliseconds(1)
        && timeout <= TaskOptions.LongestDeadline
            ? timeout
            : throw Wrong($"--timeout is {text}; allowed: 1ms to 1d, with a unit.", "Write it as 500ms, 30s or 5m.");

    private static JsonNode? ReadPayload(string text)
    {
        var json = text;
        if (text.StartsWith('@'))
        {
            var file = text[1..];
            if (FileProblem.TryReadText(file, LongestPayload, out json) is { } problem)
            {
                throw Wrong($"The payload file {file} {problem}.", "Name a readable file with JSON after the @.");
            }
        }

        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException exception)
        {
            throw Wrong(
                $"The payload is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.",
                "Quote it for the shell: --payload '{\"text\":\"...\"}', or use @FILE.");
        }
    }

    private static CommandFailure Wrong(string message, string hint) =>
        new(ErrorCodes.Usage, message, hint, ExitCode.Wrong);
}
