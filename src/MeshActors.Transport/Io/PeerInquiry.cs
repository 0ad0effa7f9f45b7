using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>
/// Finds out who is behind the endpoints of one node: asks all of them for the certificate at once, under each key that it may answer to, and the
/// first answer counts.
/// </summary>
/// <remarks>An endpoint is asked each time: a process that restarted with an identity in memory is another peer.</remarks>
internal sealed class PeerInquiry
{
    /// <summary>Most pinned roots to have where endpoints are asked without saying who must answer.</summary>
    public const int MaxPinnedRoots = 64;

    private readonly MeshEngine _engine;
    private readonly TrustSettings _trust;

    public PeerInquiry(MeshEngine engine, TrustSettings trust)
    {
        _engine = engine;
        _trust = trust;
    }

    /// <summary>Asks for the certificate of a node.</summary>
    /// <param name="endpoints">Where the node may be, at least one.</param>
    /// <param name="root">Who must answer; null takes any member of the fleet and any pinned root.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="TunnelException">Nobody answered, or there is nothing to ask under.</exception>
    public async Task<PeerRecord> AskAsync(IEnumerable<UdpEndpoint> endpoints, RootKey? root, CancellationToken cancellation)
    {
        var asked = QuestionsFor(endpoints, root, _trust);
        if (asked.Count == 0)
        {
            throw new TunnelException(
                TunnelErrorCode.NoTrust, "The peer's root key is not pinned here, and there is no fleet secret to ask under.");
        }

        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var questions = asked
            .Select(question => _engine.AskCertificateAsync(question.Endpoint, question.Root, decided.Token))
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

        throw failure!;
    }

    /// <summary>What to ask: each endpoint under each key that the node may answer to.</summary>
    /// <param name="endpoints">Where the node may be.</param>
    /// <param name="root">Who must answer; null takes any member of the fleet and any pinned root.</param>
    /// <param name="trust">Whom this node trusts.</param>
    /// <returns>Empty when there is nothing to ask under; the root is null where the fleet's secret is asked under.</returns>
    public static IReadOnlyList<(UdpEndpoint Endpoint, RootKey? Root)> QuestionsFor(
        IEnumerable<UdpEndpoint> endpoints, RootKey? root, TrustSettings trust)
    {
        var roots = RootsOf(root, trust);
        return [.. endpoints.SelectMany(endpoint => roots.Select(expected => (endpoint, expected)))];
    }

    private static List<RootKey?> RootsOf(RootKey? root, TrustSettings trust)
    {
        if (root is { } expected)
        {
            return trust.ContextsFor(expected).IsEmpty ? [] : [expected];
        }

        var roots = trust.PinnedRoots.Take(MaxPinnedRoots).Select(pinned => (RootKey?)pinned).ToList();
        if (trust.Contexts.Any(context => context.IsFleet))
        {
            roots.Insert(0, null);
        }

        return roots;
    }
}
