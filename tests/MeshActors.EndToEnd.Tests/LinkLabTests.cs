using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.LinkLab.Runs;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

public sealed class LinkLabTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [LinkLabFact]
    public async Task A_tunnel_and_the_kernels_tcp_pass_the_links_bytes_and_nothing_stays_behind()
    {
        var name = $"meshlabtest{Environment.ProcessId}";
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["MESH_LAB_NAME"] = name },
        };
        foreach (var argument in (string[])
            [typeof(Cell).Assembly.Location, "cell", "--rate", "20", "--rtt", "10", "--seconds", "2", "--flows", "mesh,cubic"])
        {
            start.ArgumentList.Add(argument);
        }

        using var lab = Process.Start(start)!;
        var output = lab.StandardOutput.ReadToEndAsync();
        var errors = lab.StandardError.ReadToEndAsync();
        await lab.WaitForExitAsync().WaitAsync(Patience);

        // 1 says that ours was slower than a busy machine's kernel: nothing that this test is about.
        Assert.True(lab.ExitCode is 0 or 1, await errors);
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["mesh", "cubic"], lines.Where(Is("flow")).Select(line => (string)line["flow"]!).Distinct());
        Assert.All(lines.Where(Is("flow")), line => Assert.InRange((double)line["goodputMbit"]!, 0.1, 20));
        Assert.All(lines.Where(Is("link")), line => Assert.InRange((double)line["carriedMbit"]!, 0.1, 20.2));
        Assert.Single(lines, line => Is("cell")(line) && line["ratio"] is not null);
        Assert.DoesNotContain(Directory.GetFiles("/run/netns"), file => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal));
    }

    private static Func<JsonNode, bool> Is(string kind) => line => (string)line["kind"]! == kind;
}
