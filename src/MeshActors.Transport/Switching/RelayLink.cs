using System;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
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
    private bool _isDirect;
    private RelayChange? _told;

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
    public MonoTime? NextTimeout => !IsOpen ? MonoTime.Earliest(MayReopen ? _retryAt : null, Client.LapsesAt)
        : IsDirect ? Client.NextTimeout : Client.LapsesAt;

    private bool IsOpen => Tunnel is { State: TunnelState.Open, Routes.Paths: not null };

    /// <summary>Frames are for the relay itself: where its tunnel goes over another relay there is nowhere to send them.</summary>
    private bool IsDirect => Tunnel?.Path?.Path.Kind == PathKind.Direct;

    private bool MayReopen => Tunnel is null or { State: TunnelState.Closed } or { State: TunnelState.Failed, Dial: null };

    /// <summary>Tells how it stands, when that is not what was told last.</summary>
    public bool PollChange(out RelayChange change)
    {
        change = new RelayChange(Client.Relay, Client.State, Client.Refusal, Client.Attested);
        if (_told == change)
        {
            return false;
        }

        _told = change;
        return true;
    }

    /// <summary>Opens what is not open, and asks for the lease when that is due; not while the tunnel goes over another relay.</summary>
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
        if (!IsDirect)
        {
            _isDirect = false;
            return;
        }

        var state = (Tunnel!.Incarnations.Own, Tunnel.Incarnations.Peer);
        if ((_state is not null && _state != state) || (!_isDirect && !Client.IsLeased))
        {
            Client.HandleTunnelReplaced(now);
        }

        _state = state;
        _isDirect = true;
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
        if (now < _retryAt || !MayReopen)
        {
            return;
        }

        if (Tunnel is { State: TunnelState.Failed } failed)
        {
            _table.Reopen(failed, now, utcNow);
        }
        else
        {
            Tunnel = _table.Open(Record, now, utcNow);
        }

        _retryAt = now + _retry;
        _retry = 2 * _retry < LongestRetry ? 2 * _retry : LongestRetry;
    }
}
