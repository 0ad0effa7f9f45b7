using System;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Cluster;
using MeshActors.Clusters;
using MeshActors.Hosting;
using Xunit;

namespace MeshActors.Tests.Clusters;

public sealed class MeshClusterTests
{
    [Fact]
    public async Task Seeds_of_three_regions_form_one_cluster_whose_members_have_their_region_as_role()
    {
        await using var fleet = new LoopbackCluster(3);
        var last = fleet.Start(2, "ap-south");
        var middle = fleet.Start(1, "us-east");
        var first = fleet.Start(0, "eu-west");

        var seen = await Task.WhenAll(
            LoopbackCluster.UpAsync(first, 3), LoopbackCluster.UpAsync(middle, 3), LoopbackCluster.UpAsync(last, 3));

        Assert.All(seen, members => Assert.Equal(
            ["region-ap-south", "region-eu-west", "region-us-east"], members.SelectMany(member => member.Roles).Order()));
    }

    [Fact]
    public async Task A_first_seed_that_starts_again_joins_the_cluster_that_is_there()
    {
        await using var fleet = new LoopbackCluster(3);
        var first = fleet.Start(0, "eu-west");
        var others = new[] { fleet.Start(1, "us-east"), fleet.Start(2, "ap-south") };
        await Task.WhenAll(others.Select(system => LoopbackCluster.UpAsync(system, 3)));
        var before = Cluster.Get(first).SelfUniqueAddress;
        await first.Terminate();

        var again = fleet.Start(0, "eu-west");
        var members = await LoopbackCluster.UpAsync(again, 3);

        var now = Cluster.Get(again).SelfUniqueAddress;
        Assert.Equal(before.Address, now.Address);
        Assert.NotEqual(before, now);
        Assert.Equal(
            others.Append(again).Select(system => Cluster.Get(system).SelfUniqueAddress).Order(),
            members.Select(member => member.UniqueAddress).Order());
    }

    [Fact]
    public async Task A_member_that_the_others_down_ends_and_says_that_it_is_to_be_started_again()
    {
        await using var fleet = new LoopbackCluster(2);
        var stays = fleet.Start(0, "eu-west");
        var goes = fleet.Start(1, "us-east");
        await Task.WhenAll(LoopbackCluster.UpAsync(stays, 2), LoopbackCluster.UpAsync(goes, 2));

        Cluster.Get(stays).Down(Cluster.Get(goes).SelfAddress);
        await goes.WhenTerminated.WaitAsync(LoopbackCluster.Patience);

        Assert.True(MeshCluster.IsToStartAgain(goes));
        Assert.False(MeshCluster.IsToStartAgain(stays));
    }

    [Fact]
    public async Task A_member_that_leaves_is_not_to_be_started_again()
    {
        await using var fleet = new LoopbackCluster(1);
        var system = fleet.Start(0, "eu-west");
        await LoopbackCluster.UpAsync(system, 1);

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.False(MeshCluster.IsToStartAgain(system));
    }

    [Theory]
    [InlineData("fleet@127.0.0.1:4053")]
    [InlineData("akka.tcp://fleet@127.0.0.1:4053")]
    [InlineData("akka.mesh://fleet")]
    [InlineData("")]
    public void A_seed_node_that_cannot_be_meant_is_refused_before_anything_starts(string seed)
    {
        var failure = Assert.Throws<ArgumentException>(() => MeshSetup.Create(options =>
        {
            options.Cluster = new MeshClusterOptions();
            options.Cluster.SeedNodes.Add(seed);
        }));

        Assert.Contains("akka.mesh://fleet@10.1.2.3:4053", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_node_stands_there_once()
    {
        Assert.Throws<ArgumentException>(() => MeshSetup.Create(options =>
        {
            options.Cluster = new MeshClusterOptions();
            options.Cluster.SeedNodes.Add("akka.mesh://fleet@10.0.0.1:4053");
            options.Cluster.SeedNodes.Add("akka.mesh://fleet@10.0.0.1:4053");
        }));
    }

    [Fact]
    public void Settings_for_regions_decide_before_a_cut_of_thirty_seconds_heals_and_start_nothing_twice()
    {
        var cluster = ClusterHocon.Defaults.GetConfig("akka.cluster");
        var noticed = cluster.GetTimeSpan("failure-detector.acceptable-heartbeat-pause")
            + (2 * cluster.GetTimeSpan("failure-detector.heartbeat-interval"));
        var stable = cluster.GetTimeSpan("split-brain-resolver.stable-after");

        Assert.InRange(noticed + stable, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        Assert.True(cluster.GetTimeSpan("down-removal-margin") >= stable);
        Assert.Equal("ddata", cluster.GetString("sharding.state-store-mode"));
        Assert.Equal("cluster", ClusterHocon.Defaults.GetString("akka.actor.provider"));
    }

    [Fact]
    public void What_the_program_says_goes_before_the_settings_for_regions_and_roles_are_said_once()
    {
        var options = new MeshClusterOptions();
        options.Roles.Add("pricing");
        options.Roles.Add("region-eu-west");

        var config = ClusterHocon.Write(options, "eu-west").WithFallback(ClusterHocon.Defaults);

        Assert.Equal(["region-eu-west", "pricing"], config.GetStringList("akka.cluster.roles"));
        Assert.Empty(config.GetStringList("akka.cluster.seed-nodes"));
        Assert.Equal(["pricing", "region-eu-west"], ClusterHocon.Write(options, string.Empty).GetStringList("akka.cluster.roles"));
    }
}
