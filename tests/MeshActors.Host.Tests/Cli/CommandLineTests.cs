using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Tasks;
using Xunit;

namespace MeshActors.Host.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("qeury fx", "Did you mean query?")]
    [InlineData("run --confg x", "Did you mean --config?")]
    [InlineData("run", "See meshactors run --help.")]
    [InlineData("", "See meshactors --help.")]
    [InlineData("send fx", "See meshactors send --help.")]
    [InlineData("demo --agents 99", "See meshactors demo --help.")]
    [InlineData("demo --agents many", "See meshactors demo --help.")]
    [InlineData("demo --input /no/such/directory", "Name a directory with text files after --input.")]
    [InlineData("send fx --payload {", "Quote it for the shell")]
    [InlineData("send fx --payload @/no/such/file", "Name a readable file with JSON after the @.")]
    [InlineData("send fx --payload 1 --timeout 5", "Write it as 500ms, 30s or 5m.")]
    [InlineData("send fx --payload 1 --timeout 2d", "Write it as 500ms, 30s or 5m.")]
    [InlineData("query fx --min-uptime 101", "Write it as 99.5 or 99.5%.")]
    [InlineData("doctor --stun stun.example", "Write a server as stun.example:3478.")]
    [InlineData("doctor --stun a:1 --stun b:1 --stun c:1 --stun d:1 --stun e:1", "Write a server as stun.example:3478.")]
    public async Task A_wrong_command_line_ends_with_2_and_a_hint(string line, string hint)
    {
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var people = await Ran.CommandAsync(arguments);
        var programs = await Ran.CommandAsync([.. arguments, "--json"]);

        Assert.Equal(2, people.ExitCode);
        Assert.Empty(people.Out);
        Assert.Contains(hint, people.Error, StringComparison.Ordinal);
        Assert.Equal(2, programs.ExitCode);
        Assert.Equal("summary", programs.Summary["kind"]!.ToString());
        Assert.Equal("usage", programs.Summary["error"]!.ToString());
        Assert.Contains(hint, programs.Summary["hint"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_are_no_failure()
    {
        Assert.Equal(0, (await Ran.CommandAsync(["--help"])).ExitCode);
        Assert.Contains("--tag", (await Ran.CommandAsync(["query", "--help"])).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Ran.CommandAsync(["--version"])).ExitCode);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_with_2_and_one_line_for_each_mistake()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("node.conf", "mesh.node.realm = -1\nmesh.nod.id = x\n");

        var people = await Ran.CommandAsync(["run", "--config", file, "--check"]);
        var programs = await Ran.CommandAsync(["run", "--config", file, "--check", "--json"]);

        Assert.Equal(2, people.ExitCode);
        Assert.Equal(
            [
                $"{file}:1 mesh.node.realm: value -1 is not allowed; allowed: a whole number from 0 to 65533",
                $"{file}:2 mesh.nod: value {{ id }} belongs to an unknown key, did you mean node?; allowed: agents, api, backbone, capabilities, discovery, dispatch, identity, networking, node, observability, relay, trust",
            ],
            people.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, programs.ExitCode);
        Assert.Equal(["mistake", "mistake", "summary"], programs.Lines.Select(line => line["kind"]!.ToString()));
        Assert.Equal("mesh.node.realm", programs.Lines[0]["key"]!.ToString());
        Assert.Equal(1, (int)programs.Lines[0]["line"]!);
        Assert.Equal("configuration", programs.Summary["error"]!.ToString());
        Assert.Equal(2, (int)programs.Summary["mistakes"]!);
    }

    [Fact]
    public async Task A_file_that_is_not_there_ends_with_2()
    {
        var ran = await Ran.CommandAsync(["run", "--config", "/no/such/file.conf"]);

        Assert.Equal(2, ran.ExitCode);
        Assert.Equal(
            "/no/such/file.conf:1 --config: value /no/such/file.conf does not exist; allowed: a readable file\n",
            ran.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Check_of_the_full_example_ends_with_0()
    {
        var file = Path.Combine(Repository.Root, "hocon", "mesh-agent-config.conf");

        var ran = await Ran.CommandAsync(["run", "--config", file, "--check", "--json"]);

        Assert.Equal(0, ran.ExitCode);
        Assert.Equal(0, (int)ran.Summary["mistakes"]!);
    }

    [Fact]
    public async Task Asking_a_node_that_does_not_run_says_so()
    {
        foreach (var verb in (string[])["status", "query fx", "send fx --payload {}"])
        {
            var ran = await Ran.CommandAsync([.. verb.Split(' '), "--socket", "/no/such/api.sock", "--json"]);

            Assert.Equal(1, ran.ExitCode);
            Assert.Equal("node-not-running", ran.Summary["error"]!.ToString());
            Assert.Contains("meshactors run", ran.Summary["hint"]!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_doctor_without_a_server_to_ask_says_so()
    {
        var ran = await Ran.CommandAsync(["doctor", "--json"]);

        Assert.Equal(1, ran.ExitCode);
        Assert.Equal("no-stun-servers", ran.Summary["error"]!.ToString());
        Assert.Contains("--stun", ran.Summary["hint"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_of_verbs_have_stable_codes_and_never_a_stack_trace()
    {
        Assert.Equal("no-peers", await CodeOfAsync(new MeshException(MeshErrorCode.NoPeers, "Nobody offers it.", "Start one.")));
        Assert.Equal("unexpected", await CodeOfAsync(new InvalidOperationException("odd")));
        Assert.Equal("unexpected", await CodeOfAsync(new IOException("disk full")));

        static async Task<string> CodeOfAsync(Exception exception)
        {
            var ran = await Ran.CommandAsync(
                ["demo", "--json"],
                [context => DemoCommand.Create(context, (_, _, _, _) => Task.FromException<int>(exception))]);
            Assert.Equal(1, ran.ExitCode);
            Assert.DoesNotContain("   at ", ran.Out + ran.Error, StringComparison.Ordinal);
            Assert.Contains(exception.Message, ran.Summary["message"]!.ToString(), StringComparison.Ordinal);
            Assert.NotEmpty(ran.Summary["hint"]!.ToString());
            return ran.Summary["error"]!.ToString();
        }
    }

    [Fact]
    public async Task The_demo_gets_what_was_asked_for()
    {
        DemoArguments? asked = null;
        var ran = await Ran.CommandAsync(
            ["demo", "--agents", "4", "--tasks", "300"],
            [context => DemoCommand.Create(context, (arguments, _, _, _) => Task.FromResult((asked = arguments).Agents))]);

        Assert.Equal(4, ran.ExitCode);
        Assert.Equal(new DemoArguments(null, 4, 300, KillBackbone: false), asked);
    }
}
