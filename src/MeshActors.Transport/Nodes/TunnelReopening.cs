using System;
using System.Threading;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>Tries a failed tunnel again as its <see cref="TunnelSupervision"/> says, and closes it in the end.</summary>
internal sealed class TunnelReopening : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LargestDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TunnelSupervision _supervision;
    private readonly MeshTunnel _tunnel;
    private readonly Clock _clock;
    private readonly ITimer _timer;

    public TunnelReopening(MeshTunnel tunnel, TimeSpan reconnectTimeout, Clock clock, IRandomSource random)
    {
        _tunnel = tunnel;
        _clock = clock;
        _supervision = new TunnelSupervision(
            new TunnelSupervisionSettings(reconnectTimeout, FirstDelay, LargestDelay), random);
        _timer = clock.Provider.CreateTimer(
            static state => ((TunnelReopening)state!).HandleTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void HandleOpened()
    {
        lock (_gate)
        {
            _supervision.HandleOpened(_clock.Now);
            Drive();
        }
    }

    public void HandleFailed()
    {
        lock (_gate)
        {
            _supervision.HandleFailed(_clock.Now);
            Drive();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _supervision.HandleClosed();
            _timer.Dispose();
        }
    }

    private void HandleTimer()
    {
        lock (_gate)
        {
            _supervision.HandleTimeout(_clock.Now);
            Drive();
        }
    }

    private void Drive()
    {
        if (_supervision.PollReopen())
        {
            _tunnel.Reopen();
        }

        if (_supervision.Phase == TunnelPhase.Ended)
        {
            var tried = _tunnel.Tried;
            _tunnel.Close(
                TunnelCloseCode.Unreachable, tried.Length == 0 ? "the peer does not answer" : $"the peer does not answer; tried: {tried}");
        }
        else if (_supervision.NextTimeout is { } next)
        {
            var delay = next - _clock.Now;
            _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
