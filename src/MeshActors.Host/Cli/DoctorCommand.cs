using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Configuration;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.Stun;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>doctor</c>: what NATs and firewalls before this machine do, and what to change.</summary>
/// <remarks>Each address family of the servers is looked at apart. The summary holds IPv4's fields, IPv6's where there are no others.</remarks>
internal static class DoctorCommand
{
    public static Command Create(VerbContext context)
    {
        var stun = new Option<string[]>("--stun")
        {
            Description = "STUN server to ask, better one with two addresses; may be given again, up to 4 times.",
            HelpName = "HOST:PORT",
        };
        var config = new Option<string>("--config")
        {
            Description = "Configuration file, whose relays are asked too: they answer STUN.",
            HelpName = "FILE",
        };
        var command = new Command("doctor", "What NATs and firewalls before this machine do, and what to change.") { stun, config };
        command.SetAction((result, _) => context.RunAsync(result, async (output, stopped) =>
        {
            var relays = new List<DnsEndPoint>();
            if (result.GetValue(config) is { } file)
            {
                if (RunCommand.Load(file, context.Environment, output) is not { } configuration)
                {
                    return ExitCode.Wrong;
                }

                relays.AddRange(configuration.Mesh.Networking.Relays.Select(relay => relay.Endpoints[0]));
            }

            var servers = Read(result.GetValue(stun) ?? [], relays);
            var resolved = await ResolveAsync(servers, stopped).ConfigureAwait(false);
            var families = new List<JsonObject>();
            foreach (var family in resolved.GroupBy(server => server.IsIPv4).OrderByDescending(group => group.Key))
            {
                families.Add(await LookAsync(context.Environment, output, [.. family], stopped).ConfigureAwait(false));
            }

            var summary = families.FirstOrDefault(family => family["udpBlocked"]!.GetValue<bool>() is false) ?? families[0];
            summary["relays"] = await RelaysAsync(relays, families, stopped).ConfigureAwait(false);
            return output.Summarize(summary);
        }));
        return command;
    }

    /// <summary>The relays of the configuration that were asked, with what their answers took; null for one that did not answer.</summary>
    private static async Task<JsonArray> RelaysAsync(List<DnsEndPoint> relays, List<JsonObject> families, CancellationToken stopped)
    {
        var answers = families.SelectMany(family => family["stunServers"]!.AsArray())
            .ToLookup(server => server!["server"]!.ToString(), server => server!["latencyMs"]);
        var found = new JsonArray();
        foreach (var relay in relays.Take(BehaviourSettings.MaxServers))
        {
            var endpoints = await ResolveAsync([relay], stopped).ConfigureAwait(false);
            found.Add(new JsonObject
            {
                ["relay"] = $"{relay.Host}:{relay.Port}",
                ["latencyMs"] = endpoints.SelectMany(endpoint => answers[endpoint.ToString()]).FirstOrDefault(latency => latency is not null)?.DeepClone(),
            });
        }

        return found;
    }

    private static List<DnsEndPoint> Read(string[] texts, List<DnsEndPoint> relays)
    {
        if (texts.Length == 0 && relays.Count == 0)
        {
            throw new CommandFailure(
                ErrorCodes.NoStunServers,
                "No STUN server is known.",
                "Name one after --stun, as stun.example:3478, better one with two addresses, or a configuration with relays after --config.");
        }

        return texts.Length > BehaviourSettings.MaxServers
            ? throw Wrong($"{texts.Length} servers are given after --stun; allowed: 1 to {BehaviourSettings.MaxServers}.")
            : [.. texts.Select(text => Endpoints.TryHost(text, out var server)
                ? server
                : throw Wrong($"--stun is {text}; allowed: {Endpoints.HostForm}.")).Concat(relays).Take(BehaviourSettings.MaxServers)];
    }

    private static CommandFailure Wrong(string message) =>
        new(ErrorCodes.Usage, message, "Write a server as stun.example:3478.", ExitCode.Wrong);

    /// <summary>The first address of each family of each server.</summary>
    private static async Task<List<UdpEndpoint>> ResolveAsync(List<DnsEndPoint> servers, CancellationToken stopped)
    {
        var resolved = new List<UdpEndpoint>();
        foreach (var server in servers)
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(server.Host, stopped).ConfigureAwait(false);
                resolved.AddRange(addresses
                    .GroupBy(address => address.AddressFamily)
                    .Select(family => UdpEndpoint.From(family.First(), (ushort)server.Port)));
            }
            catch (SocketException failure)
            {
                throw new CommandFailure(
                    ErrorCodes.NameNotResolved,
                    $"{server.Host} has no address: {failure.Message}.",
                    "Check the name after --stun and this machine's name servers.",
                    inner: failure);
            }
        }

        return resolved;
    }

    private static async Task<JsonObject> LookAsync(
        HostEnvironment environment, CommandOutput output, List<UdpEndpoint> servers, CancellationToken stopped)
    {
        var family = servers[0].IsIPv4 ? "IPv4" : "IPv6";
        try
        {
            var discovery = await BehaviourProbe.RunAsync([.. servers], environment.Clock, environment.Random, stopped).ConfigureAwait(false);
            var fields = NatReport.Fields(discovery.Behaviour, discovery.Servers);
            output.Emit("family", new JsonObject { ["family"] = family, ["found"] = fields.DeepClone() });
            output.Say(family);
            foreach (var (name, value) in fields.Where(field => field.Value is not JsonArray))
            {
                output.Say($"  {name,-15} {value?.ToString() ?? "unknown"}");
            }

            foreach (var server in discovery.Servers)
            {
                output.Say($"  {"server",-15} {server.Question.To}, {server.RoundTrip?.TotalMilliseconds.ToString("0.0", null) ?? "-"} ms");
            }

            foreach (var line in NatReport.Advice(discovery.Behaviour))
            {
                output.Say($"  {line}");
            }

            return fields;
        }
        catch (SocketException failure)
        {
            output.Say($"{family}: this machine cannot send to {servers[0]}: {failure.Message}");
            return NatReport.Fields(default(NatBehaviour) with { Flags = NatFlags.UdpBlocked }, []);
        }
    }
}
