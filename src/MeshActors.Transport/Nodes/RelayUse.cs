using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>Asks the relays that a node is told of for their certificates, until each has answered, and has them used from then on.</summary>
internal sealed class RelayUse : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly MeshEngine _engine;
    private readonly PeerInquiry _inquiry;
    private readonly Clock _clock;
    private readonly CancellationTokenSource _ending = new();
    private int _disposed;
    private Task _all = Task.CompletedTask;

    public RelayUse(MeshEngine engine, PeerInquiry inquiry, Clock clock)
    {
        _clock = clock;
        _engine = engine;
        _inquiry = inquiry;
    }

    public void Use(IReadOnlyList<TunnelPeer> relays) => _all = Task.WhenAll(relays.Select(relay => UseAsync(relay, _ending.Token)));

    /// <summary>Stops asking; a second time it does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task UseAsync(TunnelPeer relay, CancellationToken ending)
    {
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            try
            {
                _engine.UseRelay(await AskAsync(relay, ending).ConfigureAwait(false), relay.WebSocket);
                return;
            }
            catch (TunnelException)
            {
                await Task.Delay(pause, _clock.Provider, ending).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks over UDP, and when that is not answered soon over a connection as well.</summary>
    private async Task<PeerRecord> AskAsync(TunnelPeer relay, CancellationToken ending)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var overUdp = _inquiry.AskAsync(relay.Endpoints.Select(UdpEndpoint.From).ToList(), relay.Root, decided.Token);
        if (relay.WebSocket is not { } webSocket)
        {
            return await overUdp.ConfigureAwait(false);
        }

        var patience = Task.Delay(ConnectionEndpoint.UdpPatience, _clock.Provider, decided.Token);
        if (await Task.WhenAny(overUdp, patience).ConfigureAwait(false) == overUdp && overUdp.IsCompletedSuccessfully)
        {
            return await overUdp.ConfigureAwait(false);
        }

        if (await _engine.ConnectAsync(webSocket).ConfigureAwait(false) is not { } connection)
        {
            return await overUdp.ConfigureAwait(false);
        }

        var overConnection = _inquiry.AskAsync([connection], relay.Root, decided.Token);
        var first = await Task.WhenAny(overUdp, overConnection).ConfigureAwait(false);
        var other = first == overUdp ? overConnection : overUdp;
        var record = await (first.IsCompletedSuccessfully ? first : other).ConfigureAwait(false);
        await decided.CancelAsync().ConfigureAwait(false);

        // Where the answer came from is no endpoint to others; where the relay was said to be is.
        return record with { Endpoints = [.. relay.Endpoints.Select(UdpEndpoint.From)] };
    }
}
