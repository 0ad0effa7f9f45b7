using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Idle;

/// <summary><c>bench idle</c>: what a tunnel costs that has carried a message and then nothing.</summary>
internal static class IdleRun
{
    /// <summary>Tunnels opened before memory is first measured: code is compiled then and buffers are there.</summary>
    private const int WarmUpTunnels = 64;

    /// <summary>A handshake, one message and its stream's end take less, even beside other work.</summary>
    private static readonly TimeSpan MostPerTunnel = TimeSpan.FromMilliseconds(20);

    /// <summary>Probes of the path and last acknowledgements are over then; runs that are shorter wait for less.</summary>
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(5);

    /// <returns>Exit code 0 when every tunnel was open from begin to end, else 1.</returns>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        Lines.Print(RunEnvironment.Of("idle", arguments.Commit, arguments.Network, arguments.Seconds, 1));
        var line = await MeasureAsync(arguments.Tunnels, arguments.Seconds);
        Lines.Print(line);
        Lines.Print(new IdleSummary(
            "summary",
            "idle",
            line.IdleTunnelBytes <= TunnelSummary.MostIdleTunnelBytes && line.OpenTunnels == line.Tunnels,
            line.Tunnels,
            line.IdleTunnelBytes,
            line.CpuPercent));
        return line.OpenTunnels == line.Tunnels ? 0 : 1;
    }

    /// <summary>Measures so many tunnels of one process, for so long.</summary>
    /// <exception cref="BenchException">Not all of them opened.</exception>
    public static async Task<IdleLine> MeasureAsync(int tunnels, double seconds)
    {
        var settling = TimeSpan.FromSeconds(Math.Min(5 * seconds, LongestSettling.TotalSeconds));
        var children = new List<ChildLink>();
        try
        {
            var secret = FreshSecret.Text();
            var peers = await StartPeersAsync(tunnels + WarmUpTunnels, secret, children);
            var node = ChildLink.Start(ChildRoles.IdleNode, ChildPlace.Loopback);
            children.Add(node);
            await node.AskAsync(new ChildCommand { Verb = ChildVerb.Open, Secret = secret, Count = peers.Count });

            var begin = new ChildCommand { Verb = ChildVerb.Begin, Peers = peers.GetRange(0, WarmUpTunnels) };
            await node.AskAsync(begin);
            await Task.Delay(settling);
            var memory = new ChildCommand { Verb = ChildVerb.Memory };
            var before = (await node.AskAsync(memory)).Memory!;
            await node.AskAsync(
                begin with { Peers = peers.GetRange(WarmUpTunnels, tunnels) }, MostPerTunnel * tunnels);
            await Task.Delay(settling);

            var mark = new ChildCommand { Verb = ChildVerb.Mark };
            var first = (await node.AskAsync(mark)).Mark!;
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var last = (await node.AskAsync(mark)).Mark!;
            var after = (await node.AskAsync(memory)).Memory!;
            return IdleLine.Of(tunnels, before, after, first, last);
        }
        finally
        {
            foreach (var child in children)
            {
                await child.DisposeAsync();
            }
        }
    }

    private static async Task<List<string>> StartPeersAsync(int nodes, string secret, List<ChildLink> children)
    {
        var peers = new List<string>();
        while (peers.Count < nodes)
        {
            var fleet = ChildLink.Start(ChildRoles.PeerFleet, ChildPlace.Loopback);
            children.Add(fleet);
            var count = Math.Min(PeerFleet.MaxNodes, nodes - peers.Count);
            var opened = await fleet.AskAsync(
                new ChildCommand { Verb = ChildVerb.Open, Secret = secret, Count = count }, MostPerTunnel * count);
            peers.AddRange(opened.Peers);
        }

        return peers;
    }
}
