using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Configuration;
using MeshActors.Host.Roles;
using MeshActors.Hosting;
using MeshActors.Transport.Chance;
using Xunit;

namespace MeshActors.Host.Tests.Roles;

public sealed class ClusterRoleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("eu-west")]
    [InlineData("us-east")]
    [InlineData("ap-south")]
    public void The_examples_of_regions_are_right_and_make_members_of_one_cluster(string region)
    {
        using var directory = new TemporaryDirectory();
        var secret = Path.Combine(directory.Root, "fleet.secret");
        Transport.Files.SecretFile.LoadOrCreate(secret, SystemRandomSource.Instance).Dispose();
        var mistakes = new MistakeList();

        var configuration = ConfigurationLoader.Load(
            Path.Combine(Repository.Root, "hocon", $"cluster-{region}.conf"),
            name => name switch
            {
                "MESH_NODE_ID" => "node-7",
                "MESH_BIND" => "127.0.0.1:7400",
                "MESH_FLEET_SECRET_FILE" => secret,
                _ => null,
            },
            mistakes);

        Assert.Empty(mistakes.InOrder());
        Assert.Equal(region, configuration!.Mesh.Node.Region);
        var options = new MeshOptions();
        ClusterRole.Fill(options, configuration.Akka);
        Assert.Equal(3, options.Cluster!.ReadSeedNodes().Length);
        Assert.Equal("akka.mesh://mesh@10.1.0.1:7400", options.Cluster.SeedNodes[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("akka { actor.provider = remote, cluster.seed-nodes = [\"akka.mesh://mesh@10.1.0.1:7400\"] }")]
    public void A_node_whose_section_says_nothing_of_a_cluster_is_no_member(string akka)
    {
        var options = new MeshOptions();

        ClusterRole.Fill(options, akka);

        Assert.Null(options.Cluster);
    }

    [Fact]
    public async Task A_node_is_ready_when_it_is_up_in_its_cluster_and_says_how_that_stands()
    {
        using var directory = new TemporaryDirectory();
        await using var node = await RunningNode.StartAsync(directory.Write(
            "member.conf",
            $$"""
            {{Common(directory, "member")}}
            akka.cluster.roles = [pricing]
            mesh.agents = [{ name = first, type = "MeshActors.Host.Tests.Roles.JoiningAgent, MeshActors.Host.Tests" }]
            """));
        var socket = node.Ready["api"]!["unixSocket"]!.ToString();
        var status = node.Ready;
        using var deadline = new CancellationTokenSource(Patience);
        while (!status["ready"]!.GetValue<bool>())
        {
            deadline.Token.ThrowIfCancellationRequested();
            status = (await Cli.Ran.CommandAsync(["status", "--socket", socket, "--json"])).Summary;
        }

        var cluster = status["cluster"]!;
        Assert.Equal("up", cluster["status"]!.ToString());
        Assert.Equal(["pricing", "region-eu-west"], cluster["roles"]!.AsArray().Select(role => role!.ToString()));
        Assert.Single(cluster["members"]!.AsArray());
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task A_node_that_its_cluster_downs_ends_with_75_and_says_why()
    {
        using var directory = new TemporaryDirectory();
        await using var node = await RunningNode.StartAsync(directory.Write(
            "downed.conf",
            $$"""
            {{Common(directory, "downed")}}
            mesh.agents = [{ name = downed, type = "MeshActors.Host.Tests.Roles.DownedAgent, MeshActors.Host.Tests" }]
            """));

        Assert.Equal(75, await node.EndAsync());
        Assert.Equal("cluster-downed", node.Last["error"]!.ToString());
    }

    private static string Common(TemporaryDirectory directory, string name) =>
        $$"""
        akka.actor.provider = cluster
        mesh {
          node { id = {{name}}, region = "eu-west" }
          identity.path = "{{directory.Root}}/{{name}}"
          api.bind = off
        }
        """;
}
