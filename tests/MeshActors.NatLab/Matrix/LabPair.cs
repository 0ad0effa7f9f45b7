using System;
using System.Threading.Tasks;
using MeshActors.NatLab.Nodes;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab.Matrix;

/// <summary>Two real nodes with their leases, of which the first is to talk to the second; gone with their sites at the end.</summary>
internal sealed class LabPair : IAsyncDisposable
{
    /// <summary>What a node calls its path while that goes over a relay.</summary>
    public const string Relayed = "relayed";

    /// <summary>Name of the first one's host.</summary>
    public const string NameA = "a";

    private const string NameB = "b";

    /// <summary>Nodes find out about their NATs meanwhile, as nodes that run have done before they talk.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DelayA = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DelayB = TimeSpan.FromMilliseconds(30);

    private readonly LabFleet _fleet;
    private readonly PeerWords _peer;

    private LabPair(LabFleet fleet, (LabSite Site, NodeProcess Node, PeerWords Peer) a, (LabSite Site, NodeProcess Node, PeerWords Peer) b)
    {
        _fleet = fleet;
        (SiteA, A, _) = a;
        (SiteB, B, _peer) = b;
    }

    public LabSite SiteA { get; }

    public LabSite SiteB { get; }

    public NodeProcess A { get; }

    public NodeProcess B { get; }

    /// <summary>Whether both send directly.</summary>
    public bool IsDirect => A.Path is { Path: not Relayed } && B.Path is { Path: not Relayed };

    /// <summary>Starts both, and waits until they have their leases and know their NATs.</summary>
    /// <exception cref="InvalidOperationException">One got no leases.</exception>
    public static async Task<LabPair> StartAsync(LabFleet fleet, NatKind kindA, NatKind kindB)
    {
        var adding = (A: fleet.AddAsync(NameA, kindA, DelayA), B: fleet.AddAsync(NameB, kindB, DelayB));
        await Task.WhenAny(Task.WhenAll(adding.A, adding.B));
        if (!adding.A.IsCompletedSuccessfully || !adding.B.IsCompletedSuccessfully)
        {
            await RemoveAsync(fleet, adding.B);
            await RemoveAsync(fleet, adding.A);
        }

        var pair = new LabPair(fleet, await adding.A, await adding.B);
        await Task.Delay(Settling, Clock.System.Provider);
        return pair;
    }

    /// <summary>Lets the first open a tunnel to the second, in which both count aloud.</summary>
    public Task TalkAsync() => A.AskAsync(NodeWish.Talk, _peer);

    /// <summary>Waits until both send directly, or the time is over.</summary>
    public async Task BecomeDirectAsync(TimeSpan most)
    {
        var end = Clock.System.Now + most;
        while (Clock.System.Now < end && !IsDirect)
        {
            await Task.Delay(Look, Clock.System.Provider);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
        _fleet.Internet.Remove(SiteA);
        _fleet.Internet.Remove(SiteB);
    }

    /// <summary>Ends one whose other did not come up.</summary>
    private static async Task RemoveAsync(LabFleet fleet, Task<(LabSite Site, NodeProcess Node, PeerWords Peer)> adding)
    {
        if (adding.IsCompletedSuccessfully)
        {
            var (site, node, _) = await adding;
            await node.DisposeAsync();
            fleet.Internet.Remove(site);
        }
    }
}
