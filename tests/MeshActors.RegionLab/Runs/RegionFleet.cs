using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.LinkLab.Linux;
using MeshActors.RegionLab.Network;
using MeshActors.RegionLab.Nodes;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Nodes;
using MeshActors.Transport.Time;

namespace MeshActors.RegionLab.Runs;

/// <summary>The nodes of all regions, started at once, as one fleet; the first of each region is a seed of the cluster.</summary>
internal sealed class RegionFleet : IAsyncDisposable
{
    private const int Port = 7400;
    private const ushort Realm = 0;
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mesh-region-lab-");
    private readonly Dictionary<string, (NetworkNamespace Place, LabRegion Region, int Number)> _places = [];
    private readonly List<NodeProcess> _nodes = [];

    /// <param name="name">What the names of the namespaces begin with.</param>
    /// <param name="isNamedByMeshAddress">Whether Akka addresses are mesh addresses; the seeds are relays then, over which nodes find each other.</param>
    /// <param name="logs">Directory for the nodes' logs; empty for none.</param>
    /// <exception cref="LinuxCallException">Without root, or without what the laboratory needs of the system.</exception>
    public RegionFleet(string name, bool isNamedByMeshAddress, string logs)
    {
        Network = new RegionNetwork(name);
        var secret = Path.Combine(_directory.FullName, "secret");
        TunnelNode.CreateFleetSecret(secret);
        foreach (var region in LabRegion.All)
        {
            for (var number = 1; number <= region.Nodes; number++)
            {
                _places.Add($"{region.Name}-{number}", (Network.AddHost(region, number), region, number));
            }
        }

        var seeds = _places.Where(place => place.Value.Number == 1).ToList();
        var relays = isNamedByMeshAddress ? seeds.Select(seed => $"{HostOf(seed.Key)}:{Port}").ToList() : [];
        List<string> addresses = [.. seeds.Select(seed => isNamedByMeshAddress
            ? $"akka.mesh://{NodeProgram.SystemName}@{AddressOf(seed.Key)}"
            : $"akka.mesh://{NodeProgram.SystemName}@{HostOf(seed.Key)}:{Port}")];
        foreach (var (node, (place, region, number)) in _places)
        {
            var host = HostOf(node);
            _nodes.Add(new NodeProcess(place, new NodeOrder(
                node,
                region.Name,
                host,
                Port,
                secret,
                isNamedByMeshAddress ? IdentityOf(node) : string.Empty,
                isNamedByMeshAddress,
                isNamedByMeshAddress && number == 1,
                [.. relays.Where(relay => relay != $"{host}:{Port}")],
                addresses,
                logs.Length == 0 ? string.Empty : Path.Combine(logs, node + ".log"))));
        }
    }

    public RegionNetwork Network { get; }

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    /// <summary>Everything that all nodes have told.</summary>
    public IEnumerable<NodeEvent> Events => _nodes.SelectMany(node => node.Events);

    /// <summary>True when every process listens and sees all of them, and nobody else, up and reachable.</summary>
    public bool IsWhole
    {
        get
        {
            var ups = _nodes.Select(node => node.Up?.Self).ToList();
            return ups.All(up => up is not null)
                && _nodes.All(node => node.View is { } view && view.Members.Order().SequenceEqual(ups.Order()));
        }
    }

    /// <summary>Waits until something holds.</summary>
    /// <returns>Milliseconds that it took; null when it did not come in time.</returns>
    public static async Task<double?> UntilAsync(Func<bool> holds, TimeSpan most)
    {
        var begun = Clock.System.Now;
        while (!holds())
        {
            if (Clock.System.Now - begun > most)
            {
                return null;
            }

            await Task.Delay(Look, Clock.System.Provider);
        }

        return (Clock.System.Now - begun).TotalMilliseconds;
    }

    /// <summary>True when each of the nodes has heard all entities and the singleton within one second that began after a time.</summary>
    public static bool HasHeardAll(IEnumerable<NodeProcess> nodes, long after)
    {
        string[] all = [.. AskingActor.Names.Append(OnceActor.Leader).Order(StringComparer.Ordinal)];
        return nodes.All(node => node.Events.Any(happened =>
            happened.Kind == NodeEvent.Heard && happened.At > after + Second && happened.Answered.SequenceEqual(all)));
    }

    /// <summary>Gives a node another address.</summary>
    /// <returns>The addresses before and after.</returns>
    public (string From, string To) Move(NodeProcess node, int to)
    {
        var (place, region, number) = _places[node.Name];
        RegionNetwork.Move(place, region, number, to);
        _places[node.Name] = (place, region, to);
        return (region.Host(number), region.Host(to));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        Network.Dispose();
        _directory.Delete(recursive: true);
    }

    private string HostOf(string node) => _places[node].Region.Host(_places[node].Number);

    private string IdentityOf(string node) => Path.Combine(_directory.FullName, node + ".identity");

    private string AddressOf(string node)
    {
        using var identity = IdentityFile.LoadOrCreate(IdentityOf(node), Realm, SystemRandomSource.Instance);
        Span<byte> key = stackalloc byte[RootKey.Size];
        identity.Root.PublicKey.CopyTo(key);
        var salt = identity.Salt;
        while (true)
        {
            if (AddressDerivation.Derive(key, Realm, salt) is { } address)
            {
                return $"{address.AkkaHost}:{address.AkkaPort}";
            }

            salt++;
        }
    }
}
