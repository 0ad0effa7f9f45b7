using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using MeshActors.Host.Api;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>query</c>: who offers a capability.</summary>
internal static class QueryCommand
{
    public static Command Create(VerbContext context)
    {
        var connection = new ConnectionOptions();
        var capability = new Argument<string>("CAPABILITY") { Description = "Its name, as fx-pricing." };
        var tags = new Option<string[]>("--tag") { Description = "A tag the agent must declare; may be given again.", HelpName = "TAG" };
        var region = new Option<string?>("--region") { Description = "Region the node must be in.", HelpName = "REGION" };
        var uptime = new Option<string?>("--min-uptime") { Description = "Least uptime in percent, as 99.5 or 99.5%.", HelpName = "P" };
        var command = new Command("query", "Asks the backbone who offers a capability.") { capability, tags, region, uptime };
        connection.AddTo(command);
        command.SetAction((result, _) => context.RunAsync(result, async (output, stopped) =>
        {
            var least = ReadUptime(result.GetValue(uptime));
            using var api = connection.Open(result, context.Environment, output);
            if (api is null)
            {
                return ExitCode.Wrong;
            }

            var question = new JsonObject
            {
                ["capability"] = result.GetRequiredValue(capability),
                ["tags"] = new JsonArray([.. (result.GetValue(tags) ?? []).Select(tag => (JsonNode)tag)]),
                ["region"] = result.GetValue(region),
                ["minUptimePercent"] = least,
            };
            var answer = await api.PostAsync(ApiPaths.Query, question, null, stopped).ConfigureAwait(false);
            var matches = answer["matches"]?.AsArray() ?? [];
            foreach (var match in matches)
            {
                output.Say($"{match?["address"]}  {match?["capability"]} {match?["version"]}  {match?["region"]}  up {match?["uptimePercent"]} %  {match?["latencyMs"]?.ToString() ?? "-"} ms");
            }

            if (matches.Count == 0)
            {
                output.Say("Nobody offers it.");
            }

            return output.Summarize(answer);
        }));
        return command;
    }

    private static double? ReadUptime(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is >= 0 and <= 100
                ? percent
                : throw new CommandFailure(
                    ErrorCodes.Usage, $"--min-uptime is {text}; allowed: 0 to 100.", "Write it as 99.5 or 99.5%.", ExitCode.Wrong);
    }
}
