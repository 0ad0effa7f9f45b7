using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Nodes as processes that are members of a cluster.</summary>
public sealed class ClusterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [LinuxFact]
    public async Task A_node_that_its_cluster_took_out_while_it_stood_still_ends_with_75_and_joins_again_when_it_is_started_again()
    {
        // Of two alike the side with the lowest address goes on.
        int[] ports = [.. new[] { FreePorts.Find(IPAddress.Loopback), FreePorts.Find(IPAddress.Loopback) }.Order()];
        Write("stays", ports[0], ports);
        Write("stalls", ports[1], ports);
        using var stays = Start("stays");
        using var stalls = Start("stalls");
        await SeesAsync("stays", 2);
        await SeesAsync("stalls", 2);

        stalls.Signal("STOP");
        await SeesAsync("stays", 1);
        stalls.Signal("CONT");
        await stalls.WaitForEndAsync(Patience);

        Assert.True(stalls.ExitCode == 75, stalls.Errors);
        Assert.Equal("cluster-downed", stalls.Json()[^1].GetProperty("error").GetString());
        using var again = Start("stalls");
        await SeesAsync("stays", 2);
        await SeesAsync("stalls", 2);
    }

    private void Write(string name, int port, int[] seeds) => _temporary.Write(
        name + ".conf",
        $$"""
        include "{{BuiltProgram.Repository}}/hocon/cluster.conf"
        akka.cluster {
          seed-nodes = [{{string.Join(", ", seeds.Select(seed => $"\"akka.mesh://mesh@127.0.0.1:{seed}\""))}}]
          split-brain-resolver.stable-after = 6s
          down-removal-margin = 0s
        }
        mesh {
          node { id = {{name}}, region = "eu-west" }
          identity.path = "{{name}}"
          api { bind = off, unix-socket = "{{name}}/api.sock" }
          networking { bind = "127.0.0.1:{{port}}", keepalive-interval = 1s }
        }
        """);

    private ProgramRun Start(string name) =>
        ProgramRun.Start(_temporary.Root, "run", "--config", _temporary.PathOf(name + ".conf"), "--json");

    /// <summary>Waits until a node sees so many members, all up and reachable.</summary>
    private async Task SeesAsync(string name, int members)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            using var status = await ProgramRun.ToEndAsync(
                _temporary.Root, Patience, "status", "--socket", _temporary.PathOf(name + "/api.sock"), "--json");
            if (status.ExitCode == 0
                && status.Json()[^1].GetProperty("cluster").GetProperty("members").EnumerateArray().ToList() is var seen
                && seen.Count == members
                && seen.All(member => member.GetProperty("status").GetString() == "up" && member.GetProperty("reachable").GetBoolean()))
            {
                return;
            }

            await Task.Delay(Look, Clock.System.Provider, deadline.Token);
        }
    }
}
