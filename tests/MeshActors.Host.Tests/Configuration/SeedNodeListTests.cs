using Xunit;

namespace MeshActors.Host.Tests.Configuration;

/// <summary>Seed nodes that no node could join are found by <c>run --check</c>.</summary>
public sealed class SeedNodeListTests
{
    private const string Allowed = "; allowed: a list of at most 32 addresses akka.mesh://mesh@HOST:PORT, each once";

    [Theory]
    [InlineData("akka.tcp://mesh@10.1.0.1:7400", "is no address of a seed node")]
    [InlineData("akka.mesh://mesh", "is no address of a seed node")]
    [InlineData("10.1.0.1:7400", "is no address of a seed node")]
    [InlineData("akka.mesh://fleet@10.1.0.1:7400", "names the ActorSystem fleet, and members are called mesh")]
    public void What_cannot_be_a_seed_node_is_named(string seed, string problem) => Assert.Equal(
        [$"node.conf:2 akka.cluster.seed-nodes[1]: value {seed} {problem}{Allowed}"],
        Checked.Text($"akka.cluster.seed-nodes = [\"akka.mesh://mesh@10.2.0.1:7400\",\n\"{seed}\"]").Lines);

    [Fact]
    public void One_that_stands_there_twice_is_named() => Assert.Equal(
        [$"node.conf:2 akka.cluster.seed-nodes[1]: value akka.mesh://mesh@10.2.0.1:7400 stands there twice{Allowed}"],
        Checked.Text("akka.cluster.seed-nodes = [\"akka.mesh://mesh@10.2.0.1:7400\",\n\"akka.mesh://mesh@10.2.0.1:7400\"]").Lines);

    [Fact]
    public void A_text_is_no_list() => Assert.Equal(
        [$"node.conf:1 akka.cluster.seed-nodes: value akka.mesh://mesh@10.2.0.1:7400 is not a list{Allowed}"],
        Checked.Text("akka.cluster.seed-nodes = \"akka.mesh://mesh@10.2.0.1:7400\"").Lines);

    [Fact]
    public void Host_names_ipv6_and_mesh_addresses_are_right() => Assert.Empty(Checked.Text(
        """
        akka.cluster.seed-nodes = [
          "akka.mesh://mesh@node.example:7400"
          "akka.mesh://mesh@[2001:db8::1]:7400"
          "akka.mesh://mesh@a91f.0000.7c2e:1"
        ]
        """).Lines);
}
