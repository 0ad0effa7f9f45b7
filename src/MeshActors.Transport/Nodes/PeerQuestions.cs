using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>Finds out who is behind endpoints: asks all of them for the certificate at once, and the first answer counts.</summary>
internal sealed class PeerQuestions
{
    private readonly MeshEngine _engine;
    private readonly TrustSettings _trust;

    public PeerQuestions(MeshEngine engine, TrustSettings trust)
    {
        _engine = engine;
        _trust = trust;
    }

    /// <summary>Asks a peer's endpoints.</summary>
    /// <exception cref="PeerTunnelException">Nobody answered, or there is nothing to ask under.</exception>
    public async Task<PeerRecord> AskAsync(TunnelPeer peer, CancellationToken cancellation)
    {
        var roots = RootsOf(peer);
        if (roots.Count == 0)
        {
            throw new PeerTunnelException(
                PeerTunnelError.NoTrust, "The peer's root key is not pinned here, and there is no fleet secret to ask under.");
        }

        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var questions = peer.Endpoints
            .SelectMany(endpoint => roots.Select(
                root => _engine.AskCertificateAsync(UdpEndpoint.From(endpoint), root, decided.Token)))
            .ToList();
        TunnelException? failure = null;
        await foreach (var question in Task.WhenEach(questions).WithCancellation(cancellation).ConfigureAwait(false))
        {
            try
            {
                var record = await question.ConfigureAwait(false);
                await decided.CancelAsync().ConfigureAwait(false);
                return record;
            }
            catch (TunnelException refused)
            {
                failure = refused;
            }
        }

        throw new PeerTunnelException(ErrorOf(failure!.Code), failure.Message);
    }

    private static PeerTunnelError ErrorOf(TunnelErrorCode code) => code switch
    {
        TunnelErrorCode.CertificateRefused => PeerTunnelError.CertificateRefused,
        TunnelErrorCode.TooManyTunnels => PeerTunnelError.TooManyTunnels,
        TunnelErrorCode.NoTrust => PeerTunnelError.NoTrust,
        TunnelErrorCode.Closed => PeerTunnelError.TunnelClosed,
        _ => PeerTunnelError.Unreachable,
    };

    /// <summary>Under which keys to ask: the fleet's secret is null.</summary>
    private List<RootKey?> RootsOf(TunnelPeer peer)
    {
        if (peer.Root is { } root)
        {
            return _trust.ContextsFor(root).IsEmpty ? [] : [root];
        }

        var roots = _trust.PinnedRoots.Select(pinned => (RootKey?)pinned).ToList();
        if (_trust.Contexts.Any(context => context.IsFleet))
        {
            roots.Insert(0, null);
        }

        return roots;
    }
}
