using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.RegionLab.Nodes;
using MeshActors.RegionLab.Runs;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

public sealed class RegionLabTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [LinkLabFact]
    public async Task Five_processes_in_three_regions_form_a_cluster_in_which_sharded_agents_and_a_singleton_answer()
    {
        var name = $"regionlabtest{Environment.ProcessId}";
        var start = new ProcessStartInfo(BuiltProgram.RegionLab, ["form"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["MESH_LAB_NAME"] = name },
        };

        using var lab = Process.Start(start)!;
        var output = lab.StandardOutput.ReadToEndAsync();
        var errors = lab.StandardError.ReadToEndAsync();
        await lab.WaitForExitAsync().WaitAsync(Patience);

        // 1 may say that it took longer than the bar, which is the laboratory's matter on a machine that does nothing else.
        Assert.True(lab.ExitCode is 0 or 1, await errors + await output);
        var formed = JsonNode.Parse((await output).Split('\n')[0])!;
        Assert.True(formed["formedMs"] is not null, await errors + await output);
        Assert.True(formed["worksMs"] is not null, await errors + await output);
        Assert.Contains("mesh-cluster Healthy", formed["health"]!.AsArray().Select(word => word!.ToString()));
        Assert.DoesNotContain(Directory.GetFiles("/run/netns"), file => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal));
    }

    [Fact]
    public void An_actor_that_runs_on_two_nodes_at_the_same_time_is_noticed()
    {
        NodeEvent[] moved = [Runs("a", 0), Runs("a", 100), Stopped("a", 150), Runs("b", 151), Runs("b", 400)];
        NodeEvent[] twice = [.. moved, Runs("c", 399)];

        Assert.Empty(OnceRecord.Overlaps(moved));
        Assert.Equal([("entity-1", 1.0)], OnceRecord.Overlaps(twice));
    }

    private static NodeEvent Runs(string instance, double ms) => Told(NodeEvent.Runs, instance, ms);

    private static NodeEvent Stopped(string instance, double ms) => Told(NodeEvent.Stopped, instance, ms);

    private static NodeEvent Told(string kind, string instance, double ms) =>
        new(kind, (long)(ms * 1e6)) { Actor = "entity-1", Instance = instance };
}
