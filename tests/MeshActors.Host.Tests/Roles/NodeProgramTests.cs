using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Configuration;
using MeshActors.Host.Roles;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Host.Tests.Roles;

public sealed class NodeProgramTests
{
    private const string EchoDesk =
        "agents = [{ name = echo-desk, type = \"MeshActors.Host.Tests.Roles.EchoAgent, MeshActors.Host.Tests\" }]";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_node_comes_up_serves_tasks_that_others_ask_it_for_and_stops()
    {
        using var directory = new TemporaryDirectory();
        await using var backbone = await RunningNode.StartAsync(directory.Write("backbone.conf", Backbone(directory)));
        await using var worker = await RunningNode.StartAsync(directory.Write("worker.conf", Worker(
            directory, backbone, EchoDesk)));
        await using var asker = await RunningNode.StartAsync(directory.Write("asker.conf", Asker(directory, backbone)));
        var socket = asker.Ready["api"]!["unixSocket"]!.ToString();

        await UntilAsync(async () => (await Cli.Ran.CommandAsync(["query", "echo", "--socket", socket, "--json"]))
            .Summary["matches"] is JsonArray { Count: 1 });
        var sent = await Cli.Ran.CommandAsync(
            ["send", "echo", "--payload", "{\"text\":\"hello\"}", "--socket", socket, "--trace-id", "trace-9", "--json"]);
        var status = await Cli.Ran.CommandAsync(["status", "--socket", socket, "--json"]);
        var refused = await Cli.Ran.CommandAsync(["send", "echo", "--payload", "{\"txt\":1}", "--socket", socket, "--json"]);
        var nobody = await Cli.Ran.CommandAsync(
            ["send", "nothing", "--payload", "{}", "--timeout", "1s", "--socket", socket, "--json"]);

        Assert.Equal("{\"text\":\"hello\"}", sent.Summary["result"]!.ToJsonString());
        Assert.Equal("trace-9", sent.Summary["traceId"]!.ToString());
        Assert.Equal("asker", status.Summary["id"]!.ToString());
        Assert.Equal("true", status.Summary["ready"]!.ToString());
        Assert.Equal((1, "schema-violation"), (refused.ExitCode, refused.Summary["error"]!.ToString()));
        Assert.Equal((1, "no-peers"), (nobody.ExitCode, nobody.Summary["error"]!.ToString()));
        Assert.Equal(0, await asker.StopAsync());
        Assert.Equal("summary", asker.Last["kind"]!.ToString());
        Assert.False(File.Exists(socket));

        var spans = File.ReadAllLines(Path.Combine(directory.Root, "asker.spans"))
            .Concat(ReadShared(Path.Combine(directory.Root, "worker.spans")))
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        var call = spans.First(span => span["kind"]!.ToString() == "Client" && span.ToJsonString().Contains("trace-9", StringComparison.Ordinal));
        Assert.Contains(spans, span =>
            span["kind"]!.ToString() == "Server" && span["parentSpanId"]?.ToString() == call["spanId"]!.ToString());
    }

    [Fact]
    public async Task A_node_that_stops_lets_its_tasks_end_first()
    {
        using var directory = new TemporaryDirectory();
        await using var backbone = await RunningNode.StartAsync(directory.Write("backbone.conf", Backbone(directory)));
        await using var worker = await RunningNode.StartAsync(directory.Write("worker.conf", Worker(directory, backbone, EchoDesk)));
        await using var asker = await RunningNode.StartAsync(directory.Write("asker.conf", Asker(directory, backbone)));
        var socket = asker.Ready["api"]!["unixSocket"]!.ToString();

        var sent = Cli.Ran.CommandAsync(["send", "slow-echo", "--payload", "{\"text\":\"last\"}", "--socket", socket, "--json"]);
        await EchoAgent.Begun.Task.WaitAsync(Patience);
        var stopping = worker.StopAsync();
        await UntilAsync(async () => (await Cli.Ran.CommandAsync(
            ["send", "echo", "--payload", "{\"text\":\"late\"}", "--timeout", "500ms", "--socket", socket, "--json"])).ExitCode == 1);
        Assert.False(stopping.IsCompleted);
        EchoAgent.MayEnd.SetResult();

        var last = await sent;
        Assert.True(last.ExitCode == 0, last.Out + worker.Errors);
        Assert.Equal("{\"text\":\"last\"}", last.Summary["result"]!.ToJsonString());
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task One_process_may_have_both_roles_and_keeps_its_addresses()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("node.conf", Both(directory));
        await using var first = await RunningNode.StartAsync(file);
        var socket = first.Ready["api"]!["unixSocket"]!.ToString();

        await UntilAsync(async () => (await Cli.Ran.CommandAsync(["status", "--socket", socket, "--json"]))
            .Summary["ready"]!.ToString() == "true");
        Assert.Equal(0, await first.StopAsync());
        await using var second = await RunningNode.StartAsync(file);

        Assert.Equal(first.Ready["address"]!.ToString(), second.Ready["address"]!.ToString());
        Assert.Equal(first.Ready["backbone"]!["root"]!.ToString(), second.Ready["backbone"]!["root"]!.ToString());
        Assert.NotEqual(second.Ready["address"]!.ToString(), second.Ready["backbone"]!["address"]!.ToString());
    }

    [Fact]
    public async Task Nodes_keep_leases_at_the_relays_that_they_are_told_of_and_at_that_of_their_own_process()
    {
        using var directory = new TemporaryDirectory();
        await using var relay = await RunningNode.StartAsync(directory.Write(
            "relay.conf", $"mesh {{\n{Common(directory, "relay")}\n  node.roles = [relay]\n}}"));
        await using var node = await RunningNode.StartAsync(directory.Write(
            "node.conf",
            $$"""
            mesh {
            {{Common(directory, "node")}}
              node.roles = [backbone, relay, agent]
              networking.relays = [{ endpoints = ["{{relay.Ready["endpoints"]![0]}}"], root = {{relay.Ready["root"]}} }]
            }
            """));
        var socket = node.Ready["api"]!["unixSocket"]!.ToString();
        JsonNode status = null!;

        await UntilAsync(async () => (status = (await Cli.Ran.CommandAsync(["status", "--socket", socket, "--json"])).Summary)["relays"]!
            .AsArray().Count == 2);

        string[] expected = [relay.Ready["address"]!.ToString(), node.Ready["relay"]!["address"]!.ToString()];
        Assert.Equal(expected.Order(), status["relays"]!.AsArray().Select(address => address!.ToString()).Order());

        // Ways over relays are kept up by a probe now and then; what the node has to say goes directly.
        var traffic = status["traffic"]!;
        Assert.InRange(traffic["relayedBytes"]!.GetValue<long>(), 0, traffic["directBytes"]!.GetValue<long>() - 1);
    }

    [Fact]
    public async Task A_node_that_udp_does_not_get_through_to_the_relay_for_has_its_lease_over_a_connection()
    {
        using var directory = new TemporaryDirectory();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var relay = await RunningNode.StartAsync(directory.Write(
            "relay.conf",
            $"mesh {{\n{Common(directory, "relay")}\n  node.roles = [relay]\n  relay.websocket-bind = \"127.0.0.1:0\"\n}}"));
        await using var node = await RunningNode.StartAsync(directory.Write(
            "node.conf",
            $$"""
            mesh {
            {{Common(directory, "node")}}
              networking.relays = [{
                endpoints = ["{{silent.LocalEndPoint}}"]
                root = {{relay.Ready["root"]}}
                websocket = "wss://{{relay.Ready["relay"]!["webSocketEndpoint"]}}/mesh"
              }]
            }
            """));
        var socket = node.Ready["api"]!["unixSocket"]!.ToString();

        await UntilAsync(async () => (await Cli.Ran.CommandAsync(["status", "--socket", socket, "--json"])).Summary["relays"]!
            .AsArray().Any(address => address!.ToString() == relay.Ready["address"]!.ToString()));
    }

    [Fact]
    public async Task A_taken_udp_port_ends_the_start_with_a_hint_and_leaves_nothing_running()
    {
        using var directory = new TemporaryDirectory();
        await using var first = await RunningNode.StartAsync(directory.Write("a.conf", Backbone(directory)));
        var port = IPEndPoint.Parse(first.Ready["endpoints"]![0]!.ToString()).Port;

        await using var second = await RunningNode.StartAsync(directory.Write(
            "b.conf",
            $"mesh {{ identity.path = \"{directory.Root}/b\", networking.bind = \"127.0.0.1:{port}\", api.bind = off }}"));

        Assert.Equal(1, await second.StopAsync());
        Assert.Equal("address-in-use", second.Last["error"]!.ToString());
        Assert.Contains("mesh.networking.bind", second.Last["hint"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_identity_ends_the_start_and_stays_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("node.identity", "not a key");
        TemporaryDirectory.Restrict(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var node = await RunningNode.StartAsync(directory.Write(
            "node.conf", $"mesh {{ identity.path = \"{directory.Root}\", api.bind = off }}"));

        Assert.Equal(1, await node.StopAsync());
        Assert.Equal("identity", node.Last["error"]!.ToString());
        Assert.Equal("not a key", File.ReadAllText(file));
    }

    [Fact]
    public async Task A_node_whose_address_is_taken_ends_with_75_and_has_another_address_at_its_next_start()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write(
            "unlucky.conf",
            $"mesh {{\n{Common(directory, "unlucky")}\n  agents = [{{ name = unlucky, type = \"MeshActors.Host.Tests.Roles.AddressTakenAgent, MeshActors.Host.Tests\" }}]\n}}");
        await using var first = await RunningNode.StartAsync(file);

        Assert.Equal(75, await first.EndAsync());
        Assert.Equal("address-taken", first.Last["error"]!.ToString());
        await using var second = await RunningNode.StartAsync(file);
        Assert.Equal(75, await second.EndAsync());
        Assert.Equal(first.Ready["root"]!.ToString(), second.Ready["root"]!.ToString());
        Assert.NotEqual(first.Ready["address"]!.ToString(), second.Ready["address"]!.ToString());
    }

    [Fact]
    public void A_stored_salt_gives_the_same_root_another_address()
    {
        using var directory = new TemporaryDirectory();
        var settings = new IdentitySettings(directory.Root, TimeSpan.FromDays(14), TimeSpan.FromHours(1));
        using var first = Load();
        first.StoreNextSalt();
        using var second = Load();

        Assert.Equal(first.Identity.Root, second.Identity.Root);
        Assert.NotEqual(first.Identity.Address, second.Identity.Address);
        Assert.Equal(first.Identity.Certificate.Salt + 1, second.Identity.Certificate.Salt);

        NodeKeys Load() => NodeKeys.Load(
            settings, "node.identity", 0, NodeRoles.Agent, Clock.System, SystemRandomSource.Instance);
    }

    private static string Common(TemporaryDirectory directory, string name) =>
        $"""
          node.id = {name}
          identity.path = "{directory.Root}/{name}"
          api.bind = off
          networking.bind = "127.0.0.1:0"
          backbone.bind = "127.0.0.1:0"
          relay.bind = "127.0.0.1:0"
          observability.span-file = "{directory.Root}/{name}.spans"
          trust.fleet-secret-file = "{SecretOf(directory)}"
        """;

    private static string SecretOf(TemporaryDirectory directory)
    {
        var path = Path.Combine(directory.Root, "fleet.secret");
        Transport.Files.SecretFile.LoadOrCreate(path, SystemRandomSource.Instance).Dispose();
        return path;
    }

    private static string Backbone(TemporaryDirectory directory) =>
        $"mesh {{\n{Common(directory, "backbone")}\n  node.roles = [backbone]\n}}";

    private static string Both(TemporaryDirectory directory) =>
        $"mesh {{\n{Common(directory, "both")}\n  node.roles = [backbone, agent]\n}}";

    private static string Worker(TemporaryDirectory directory, RunningNode backbone, string agents) =>
        $"mesh {{\n{Common(directory, "worker")}\n{BackbonesOf(backbone)}\n  {agents}\n}}";

    private static string Asker(TemporaryDirectory directory, RunningNode backbone) =>
        $"mesh {{\n{Common(directory, "asker")}\n{BackbonesOf(backbone)}\n}}";

    private static string BackbonesOf(RunningNode backbone) =>
        $"  discovery.backbones = [{{ name = home, endpoints = [\"{backbone.Ready["endpoints"]![0]}\"], root = {backbone.Ready["root"]} }}]";

    private static string[] ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Asks again, each time as soon as the node has answered, until the answer is the one wanted.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }
}
