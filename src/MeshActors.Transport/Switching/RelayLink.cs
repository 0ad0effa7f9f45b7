using System;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>One relay that this node uses: keeps the tunnel to it open, and the lease in it.</summary>
internal sealed class RelayLink
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly TunnelTable _table;
    private TimeSpan _retry = FirstRetry;
    private MonoTime _retryAt;
    private (ulong Own, ulong? Peer)? _state;

    /// <param name="record">The relay.</param>
    /// <param name="client">The lease there.</param>
    /// <param name="table">Where the tunnel lives.</param>
    /// <param name="now">The present: the tunnel is opened at once.</param>
    public RelayLink(PeerRecord record, RelayClient client, TunnelTable table, MonoTime now)
    {
        Record = record;
        Client = client;
        _table = table;
        _retryAt = now;
    }

    public PeerRecord Record { get; }

    public RelayClient Client { get; }

    /// <summary>The tunnel to the relay; null before it was first opened.</summary>
    public Tunnel? Tunnel { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called.</summary>
    public MonoTime? NextTimeout =>
        IsOpen ? Client.NextTimeout : Tunnel is null or { State: TunnelState.Failed or TunnelState.Closed } ? _retryAt : null;

    private bool IsOpen => Tunnel is { State: TunnelState.Open, Routes.Paths: not null };

    /// <summary>Opens what is not open, and asks for the lease when that is due.</summary>
    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        Client.HandleTimeout(now);
        if (!IsOpen)
        {
            Reopen(now, utcNow);
            return;
        }

        _retry = FirstRetry;
        _retryAt = now;
        var state = (Tunnel!.Incarnations.Own, Tunnel.Incarnations.Peer);
        if (_state is not null && _state != state)
        {
            Client.HandleTunnelReplaced(now);
        }

        _state = state;
        Client.Endpoint = Tunnel.Path!.Endpoint;
        Span<byte> content = stackalloc byte[RelayLeaseFrame.ContentSize];
        if (Client.PollRequest(content, now) is > 0 and var length)
        {
            Tunnel.Routes.Paths!.Say(FrameType.RelayLease, content[..length]);
            _table.Touch(Tunnel);
        }
    }

    private void Reopen(MonoTime now, DateTimeOffset utcNow)
    {
        if (now < _retryAt)
        {
            return;
        }

        if (Tunnel is { State: TunnelState.Failed } failed)
        {
            if (failed.Dial is not null)
            {
                return;
            }

            _table.Reopen(failed, now, utcNow);
        }
        else if (Tunnel is null or { State: TunnelState.Closed })
        {
            Tunnel = _table.Open(Record, now, utcNow);
        }
        else
        {
            return;
        }

        _retryAt = now + _retry;
        _retry = 2 * _retry < LongestRetry ? 2 * _retry : LongestRetry;
    }
}
