using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Finds nodes without a directory: asks over all relays that are used, and those that they forward to, for the certificate of a mesh address.</summary>
/// <remarks>A relay passes the question on to whom it has leased that address, and nobody else; what answers proves its address in the handshake.</remarks>
internal sealed class RelayResolver : IMeshResolver
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly MeshEngine _engine;
    private readonly PeerInquiry _inquiry;
    private readonly IActorRef _transport;
    private readonly Clock _clock;

    /// <param name="engine">Whose leases.</param>
    /// <param name="trust">Whom this node trusts.</param>
    /// <param name="transport">The actor that says when there is a lease.</param>
    /// <param name="clock">Of pauses.</param>
    public RelayResolver(MeshEngine engine, TrustSettings trust, IActorRef transport, Clock clock)
    {
        _clock = clock;
        _engine = engine;
        _inquiry = new PeerInquiry(engine, trust);
        _transport = transport;
    }

    /// <remarks>Asks until somebody answers or the caller cancels: the node that is looked for may be about to take its lease.</remarks>
    public async Task<PeerRecord?> ResolveAsync(MeshAddress address, CancellationToken cancellation)
    {
        while (true)
        {
            await _transport.Ask<RelayReady>(AwaitRelay.Instance, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
            var ways = await _engine.WaysToAsync(address).WaitAsync(cancellation).ConfigureAwait(false);
            if (ways.IsEmpty)
            {
                // The lease that was told of is gone; its actor will know in a moment.
                await Task.Delay(Pause, _clock.Provider, cancellation).ConfigureAwait(false);
                continue;
            }

            try
            {
                var record = await _inquiry.AskAsync(ways.Select(way => way.Way), null, cancellation).ConfigureAwait(false);
                return record.Address == address ? record with { Relays = [.. ways.Select(way => way.Relay).Where(relay => relay != address).Distinct()] } : null;
            }
            catch (TunnelException failure) when (failure.Code == TunnelErrorCode.Unreachable)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
