using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.NatLab.Nodes;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Nodes;

namespace MeshActors.NatLab.Matrix;

/// <summary>An internet with two relays, real nodes on open hosts, and one fleet that all nodes belong to.</summary>
internal sealed class LabFleet : IAsyncDisposable
{
    /// <summary>How long its nodes try a silent peer again.</summary>
    public static readonly TimeSpan ReconnectTimeout = TimeSpan.FromSeconds(10);

    private const int Port = 7400;

    /// <summary>Of the links of the two relays, one way.</summary>
    private static readonly TimeSpan[] RelayDelays = [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10)];

    private static readonly TimeSpan LeaseTimeout = TimeSpan.FromSeconds(15);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mesh-nat-lab-");
    private readonly List<NodeProcess> _relays = [];
    private readonly List<PeerWords> _relayPeers = [];

    private LabFleet(string name)
    {
        Secret = Path.Combine(_directory.FullName, "secret");
        TunnelNode.CreateFleetSecret(Secret);
        Internet = new LabInternet(name);
    }

    public LabInternet Internet { get; }

    public IReadOnlyList<NodeProcess> Relays => _relays;

    private string Secret { get; }

    /// <summary>Builds the internet and starts the relays.</summary>
    public static async Task<LabFleet> StartAsync(string name)
    {
        var fleet = new LabFleet(name);
        try
        {
            for (var index = 0; index < RelayDelays.Length; index++)
            {
                await fleet.AddRelayAsync(index);
            }

            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node behind boxes of a kind, and waits until it has its leases.</summary>
    /// <param name="name">Of the host.</param>
    /// <param name="kind">Of its boxes.</param>
    /// <param name="delay">Of its link, one way.</param>
    /// <returns>Where it is, the node, and how it is reached over its relays.</returns>
    /// <exception cref="InvalidOperationException">It got no leases.</exception>
    public async Task<(LabSite Site, NodeProcess Node, PeerWords Peer)> AddAsync(string name, NatKind kind, TimeSpan delay)
    {
        var site = Internet.Connect(name, kind, delay);
        var node = await NodeProcess.StartAsync(
            site.Place, new NodeOrder(Secret, $"0.0.0.0:{Port}", IsRelay: false, _relayPeers, ReconnectTimeout.TotalSeconds));
        await node.AskAsync(NodeWish.Describe);
        var described = await node.WaitAsync(NodeEvent.Described, LeaseTimeout);
        if (described is null)
        {
            await node.DisposeAsync();
            throw new InvalidOperationException($"The node {name} behind {kind.Name} got no leases at both relays within {LeaseTimeout.TotalSeconds} s.");
        }

        return (site, node, described.Peer!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }

        Internet.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task AddRelayAsync(int index)
    {
        var site = Internet.Connect($"relay{index}", NatKinds.Open, RelayDelays[index]);
        var order = new NodeOrder(Secret, $"{site.Address}:{Port}", IsRelay: true, [.. _relayPeers], ReconnectTimeout.TotalSeconds);
        var relay = await NodeProcess.StartAsync(site.Place, order);
        _relays.Add(relay);
        _relayPeers.Add(relay.Events.First(happened => happened.Kind == NodeEvent.Up).Peer!);
    }
}
