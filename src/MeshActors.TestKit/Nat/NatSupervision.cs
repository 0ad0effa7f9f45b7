using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>Opens the tunnels of a simulated node again when they fail, and closes them in the end, as nodes of programs do.</summary>
internal sealed class NatSupervision
{
    /// <summary>From the failure of a tunnel until it is given up.</summary>
    public static readonly TimeSpan ReconnectTimeout = TimeSpan.FromSeconds(30);

    private static readonly TunnelSupervisionSettings Settings =
        new(ReconnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    private readonly List<(Tunnel Tunnel, TunnelSupervision Supervision)> _tunnels = [];
    private readonly SimRandom _random;

    public NatSupervision(SimRandom random)
    {
        _random = random;
    }

    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = null;
            foreach (var (_, supervision) in _tunnels)
            {
                next = MonoTime.Earliest(next, supervision.NextTimeout);
            }

            return next;
        }
    }

    public void Handle(Tunnel tunnel, TunnelEventKind happened, MonoTime now)
    {
        switch (happened)
        {
            case TunnelEventKind.Opened:
                Of(tunnel).HandleOpened(now);
                break;
            case TunnelEventKind.Failed:
                var supervision = Of(tunnel);
                if (supervision.Phase == TunnelPhase.Opening && tunnel.Path is not null)
                {
                    // It was open before anybody supervised it.
                    supervision.HandleOpened(now);
                }

                supervision.HandleFailed(now);
                break;
            case TunnelEventKind.Closed:
                _tunnels.RemoveAll(entry => entry.Tunnel == tunnel);
                break;
            default:
                break;
        }
    }

    /// <summary>Reopens and closes what is due.</summary>
    public void HandleTimeout(TunnelTable table, MonoTime now, DateTimeOffset utcNow)
    {
        for (var index = _tunnels.Count - 1; index >= 0; index--)
        {
            var (tunnel, supervision) = _tunnels[index];
            supervision.HandleTimeout(now);
            if (supervision.PollReopen())
            {
                table.Reopen(tunnel, now, utcNow);
            }

            if (supervision.Phase == TunnelPhase.Ended)
            {
                _tunnels.RemoveAt(index);
                table.Close(tunnel, TunnelCloseCode.Unreachable, "the peer does not answer", now);
            }
        }
    }

    private TunnelSupervision Of(Tunnel tunnel)
    {
        var known = _tunnels.Find(entry => entry.Tunnel == tunnel).Supervision;
        if (known is null)
        {
            known = new TunnelSupervision(Settings, _random);
            _tunnels.Add((tunnel, known));
        }

        return known;
    }
}
