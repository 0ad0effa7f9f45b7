using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Finds out who is behind an Akka address or an endpoint: by the resolver, or by asking there for the certificate.</summary>
internal sealed class PeerFinder
{
    private readonly MeshEngine _engine;
    private readonly PeerInquiry _inquiry;
    private readonly IMeshResolver? _resolver;

    public PeerFinder(MeshEngine engine, TrustSettings trust, IMeshResolver? resolver)
    {
        _engine = engine;
        _inquiry = new PeerInquiry(engine, trust);
        _resolver = resolver;
    }

    /// <summary>Finds the node with an Akka address, in mesh mode or endpoint mode.</summary>
    /// <exception cref="InvalidAssociationException">The address can never be reached from here; the message says why.</exception>
    /// <exception cref="TunnelException">Nobody answered.</exception>
    public async Task<PeerRecord> FindAsync(Address address, CancellationToken cancellation)
    {
        if (address.Host is null || address.Port is not (> 0 and <= ushort.MaxValue))
        {
            throw new InvalidAssociationException($"{address} names no host and port.");
        }

        return MeshAddress.TryParseAkka(address.Host, address.Port, out var mesh)
            ? await ResolveAsync(mesh, cancellation).ConfigureAwait(false)
            : await AskAsync(await EndpointsOfAsync(address, cancellation).ConfigureAwait(false), null, cancellation)
                .ConfigureAwait(false);
    }

    /// <inheritdoc cref="PeerInquiry.AskAsync"/>
    public Task<PeerRecord> AskAsync(IReadOnlyList<UdpEndpoint> endpoints, RootKey? root, CancellationToken cancellation) =>
        _inquiry.AskAsync(endpoints, root, cancellation);

    private async Task<PeerRecord> ResolveAsync(MeshAddress address, CancellationToken cancellation)
    {
        if (_resolver is null)
        {
            throw new InvalidAssociationException(
                $"{address} is a mesh address, and this ActorSystem has no directory to find it in and no relays to ask: name "
                + "the relays that both use in akka.remote.mesh.relays, or use host and port of the node.");
        }

        return await _resolver.ResolveAsync(address, cancellation).ConfigureAwait(false)
            ?? throw new TunnelException(TunnelErrorCode.Unreachable, $"no node with the mesh address {address} is known");
    }

    private async Task<IReadOnlyList<UdpEndpoint>> EndpointsOfAsync(Address address, CancellationToken cancellation)
    {
        var found = await HostNames.ResolveAsync(address.Host, cancellation).ConfigureAwait(false);
        if (found.IsEmpty)
        {
            throw new InvalidAssociationException($"{address}: the host name cannot be resolved.");
        }

        var endpoints = found
            .Select(ip => UdpEndpoint.From(ip, (ushort)address.Port!.Value))
            .Where(endpoint => _engine.LocalEndpoints.Any(local => local.IsIPv4 == endpoint.IsIPv4))
            .ToList();
        return endpoints.Count > 0
            ? endpoints
            : throw new InvalidAssociationException(
                $"{address} has no address of the family that akka.remote.mesh.hostname is bound to.");
    }
}
