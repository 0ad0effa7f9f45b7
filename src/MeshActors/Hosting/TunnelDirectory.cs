using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Google.Protobuf;
using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Tunnels;
using MeshActors.Wire;

namespace MeshActors.Hosting;

/// <summary>Opens directory streams over tunnels, and takes those that nodes open to this backbone.</summary>
internal sealed class TunnelDirectory
{
    /// <summary>Version of the conversation.</summary>
    public const uint Version = 1;

    private readonly MeshTunnels _tunnels;

    public TunnelDirectory(MeshTunnels tunnels)
    {
        _tunnels = tunnels;
    }

    /// <summary>The <see cref="StreamRoute"/> of a backbone; another version of the conversation is refused.</summary>
    public static StreamRoute Accept(IActorRef backbone) => (stream, header) =>
        header.Directory.Version == Version ? TunnelDirectoryStream.Accept(stream, backbone) : null;

    /// <summary>The <see cref="DirectoryConnector"/>: asks all endpoints at once, the first that answers counts.</summary>
    /// <exception cref="TunnelException">None answered.</exception>
    public async Task<IDirectoryStream> OpenAsync(BackboneSettings backbone, IActorRef owner, TimeSpan timeout)
    {
        using var expired = new CancellationTokenSource(timeout, _tunnels.Clock.Provider);
        var endpoints = await ResolveAsync(backbone.Endpoints, expired.Token).ConfigureAwait(false);
        var attempts = endpoints.Select(endpoint => _tunnels.OpenAsync(endpoint, backbone.Root, timeout)).ToList();
        TunnelException? failure = null;
        await foreach (var attempt in Task.WhenEach(attempts).ConfigureAwait(false))
        {
            try
            {
                return Open(await attempt.ConfigureAwait(false), owner);
            }
            catch (TunnelException e)
            {
                failure = e;
            }
        }

        throw failure ?? new TunnelException(
            TunnelErrorCode.Unreachable, $"no host name of the backbone {backbone.Name} can be resolved");
    }

    private static TunnelDirectoryStream Open(MeshTunnel tunnel, IActorRef owner) => TunnelDirectoryStream.Open(
        tunnel,
        owner,
        new StreamHeader { Directory = new DirectoryHello { Version = Version } }.ToByteArray());

    private async Task<IReadOnlyList<UdpEndpoint>> ResolveAsync(
        IEnumerable<DnsEndPoint> endpoints, CancellationToken cancellation)
    {
        var found = new List<UdpEndpoint>();
        foreach (var endpoint in endpoints)
        {
            var addresses = await HostNames.ResolveAsync(endpoint.Host, cancellation).ConfigureAwait(false);
            found.AddRange(addresses.Select(address => UdpEndpoint.From(address, (ushort)endpoint.Port)));
        }

        return [.. found.Distinct().Where(e => _tunnels.LocalEndpoints.Any(local => local.IsIPv4 == e.IsIPv4))];
    }
}
