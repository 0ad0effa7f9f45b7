using System;
using System.Threading.Tasks;
using MeshActors.Agents;
using MeshActors.Backbone;
using MeshActors.Discovery;
using MeshActors.Peers;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Hosting;

/// <summary>Puts a node's parts together: from its options, over its tunnels.</summary>
internal static class MeshComposition
{
    public static MeshRootParts Compose(MeshOptions options, MeshTunnels tunnels, OwnCapabilities own)
    {
        var directory = new TunnelDirectory(tunnels);
        return new MeshRootParts(
            own,
            DiscoveryActor.Props(
                DiscoveryOptions.Read(options),
                () => new PeerRecord(tunnels.Identity.Certificate, NodeEndpoints.Of(tunnels.LocalEndpoints)),
                directory.OpenAsync,
                tunnels.Clock,
                tunnels.Random,
                tunnels.LeasesAsync),
            discovery => PeersActor.Props(
                new PeerCacheSettings(options.CacheTtl),
                tunnels.Address,
                discovery,
                new PeerTunnels(observer => Watch(tunnels, observer), (peer, timeout) => ProbeAsync(tunnels, peer, timeout)),
                tunnels.Clock,
                tunnels.Random),
            options.IsBackbone
                ? BackboneActor.Props(RecordTableSettings.Default, tunnels.Clock, tunnels.Random)
                : null,
            backbone => options.IsBackbone ? TunnelDirectory.Accept(backbone) : null,
            options.Calls,
            options.Work,
            options.Journal);
    }

    /// <summary>Those that are open are told after the watch began: a change between the two is told twice, never missed.</summary>
    private static IDisposable Watch(MeshTunnels tunnels, Action<PeerTunnelChanged> observer)
    {
        var watch = tunnels.Watch(change => observer(
            Describe(change.Tunnel, isOpen: change.Kind == TunnelChangeKind.Opened)));
        foreach (var tunnel in tunnels.Snapshot())
        {
            if (tunnel.State == TunnelState.Open)
            {
                observer(Describe(tunnel, isOpen: true));
            }
        }

        return watch;
    }

    private static PeerTunnelChanged Describe(MeshTunnel tunnel, bool isOpen) =>
        new(tunnel.Peer.Address, isOpen ? () => tunnel.Statistics.SmoothedRoundTrip : null);

    private static async Task<TimeSpan> ProbeAsync(MeshTunnels tunnels, PeerRecord peer, TimeSpan timeout)
    {
        var tunnel = await tunnels.OpenAsync(peer, timeout).ConfigureAwait(false);
        return tunnel.Statistics.SmoothedRoundTrip;
    }
}
