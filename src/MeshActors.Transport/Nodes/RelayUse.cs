using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
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
                var endpoints = relay.Endpoints.Select(UdpEndpoint.From).ToList();
                var record = await _inquiry.AskAsync(endpoints, relay.Root, ending).ConfigureAwait(false);
                _engine.UseRelay(record);
                return;
            }
            catch (TunnelException)
            {
                await Task.Delay(pause, _clock.Provider, ending).ConfigureAwait(false);
            }
        }
    }
}
