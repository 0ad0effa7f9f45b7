using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>The last way: when none of the relays that a node was told of works, says at which mutual peers with the relay role it leases meanwhile.</summary>
/// <remarks>
/// Only peers to which a tunnel is open on a direct path are asked, nearest first, and at most <see cref="RelayClients.MostInReserve"/> at a time; nobody is dialled for it. One that gives no lease within <see cref="Trial"/> is
/// let go, and not asked again for <see cref="SilencePause"/>, one that refuses for <see cref="Pause"/>. When a relay that the node was told of works again, those in reserve stay for <see cref="Grace"/> and while a path in use goes over them, for peers know them
/// from records and candidates. A node that was told of no relay has none in reserve.
/// </remarks>
internal sealed class RelayReserve
{
    /// <summary>Peers that gave no lease and are remembered; the longest remembered goes.</summary>
    public const int MostRefused = 16;

    /// <summary>How long none of the relays told must have worked: longer than one takes to be leased anew.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer has to give its lease.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromSeconds(5);

    /// <summary>How long one that refused is not asked again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>How long one that did not answer is not: all ways may have been cut for a moment.</summary>
    public static readonly TimeSpan SilencePause = TimeSpan.FromSeconds(30);

    /// <summary>How long those in reserve stay when they are needed no more.</summary>
    public static readonly TimeSpan Grace = RelayChoice.Grace;

    /// <summary>Between two looks for a peer, and between two that are asked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<RelayLink> _links;
    private readonly TunnelTable _table;
    private readonly Func<RelayLink, bool> _isInUse;
    private readonly Dictionary<RelayLink, MonoTime> _doesNotWorkSince = [];
    private readonly List<(MeshAddress Peer, MonoTime Until)> _refused = [];
    private MonoTime? _since;
    private MonoTime _lookAt = MonoTime.Never;
    private bool _isNeeded;

    /// <param name="links">All relays; the owner adds and removes.</param>
    /// <param name="table">Where peers are found.</param>
    /// <param name="isInUse">Whether the path in use of any tunnel goes over a relay.</param>
    public RelayReserve(List<RelayLink> links, TunnelTable table, Func<RelayLink, bool> isInUse)
    {
        _links = links;
        _table = table;
        _isInUse = isInUse;
    }

    /// <summary>When <see cref="HandleTimeout"/> must next be called; null when nothing is due.</summary>
    public MonoTime? NextTimeout => _lookAt == MonoTime.Never ? null : _lookAt;

    /// <summary>Looks whether any relay that the node was told of works. What is to be done then is asked for until there is nothing.</summary>
    public void HandleTimeout(MonoTime now)
    {
        var isNeeded = true;
        var inReserve = 0;
        var told = 0;
        foreach (var link in _links)
        {
            told += link.IsReserve ? 0 : 1;
            inReserve += link.IsReserve ? 1 : 0;
            isNeeded &= link.IsReserve || !Works(link);
        }

        isNeeded &= told > 0;
        if (_since is null || isNeeded != _isNeeded)
        {
            (_isNeeded, _since) = (isNeeded, now);
            _lookAt = isNeeded ? now + Patience : now + Grace;
        }

        if (!isNeeded && inReserve == 0)
        {
            _lookAt = MonoTime.Never;
        }
    }

    /// <summary>Hands out a relay in reserve that is to be used no more.</summary>
    public bool PollRemove(out RelayLink link, MonoTime now)
    {
        link = null!;
        if (now < _lookAt)
        {
            return false;
        }

        foreach (var reserve in _links)
        {
            if (reserve.IsReserve && (_isNeeded ? HasFailed(reserve, now) : !_isInUse(reserve)))
            {
                link = reserve;
                _doesNotWorkSince.Remove(reserve);
                return true;
            }
        }

        return false;
    }

    /// <summary>Hands out a peer to lease at from here on, after <see cref="PollRemove"/>.</summary>
    public bool PollAdd(out PeerRecord peer, MonoTime now)
    {
        peer = null!;
        if (now < _lookAt)
        {
            return false;
        }

        _lookAt = now + Interval;
        if (!_isNeeded || _links.FindAll(link => link.IsReserve).Count >= RelayClients.MostInReserve)
        {
            return false;
        }

        TimeSpan? least = null;
        foreach (var tunnel in _table.All)
        {
            if (MayAsk(tunnel, now) && tunnel.Path!.Recovery.RoundTrip.SmoothedOrInitial is var roundTrip && !(roundTrip >= least))
            {
                peer = tunnel.Peer;
                least = roundTrip;
            }
        }

        return least is not null;
    }

    private static bool Works(RelayLink link) => link.Client.IsLeased && !link.IsLost;

    private bool MayAsk(Tunnel tunnel, MonoTime now) =>
        tunnel is { State: TunnelState.Open, Path.Path.Kind: PathKind.Direct }
        && tunnel.Peer.Certificate.Roles.HasFlag(NodeRoles.Relay)
        && !_links.Exists(link => link.Client.Relay == tunnel.Peer.Address)
        && !_refused.Exists(refused => refused.Peer == tunnel.Peer.Address && now < refused.Until);

    /// <summary>A peer that gave no lease in time, or whose lease was lost for as long.</summary>
    private bool HasFailed(RelayLink link, MonoTime now)
    {
        if (Works(link))
        {
            _doesNotWorkSince.Remove(link);
            return false;
        }

        _doesNotWorkSince.TryAdd(link, now);
        var isRefused = link.Client.Refusal != RelayRefusal.None;
        if (!isRefused && now - _doesNotWorkSince[link] < Trial)
        {
            return false;
        }

        if (_refused.Count == MostRefused)
        {
            _refused.RemoveAt(0);
        }

        _refused.Add((link.Client.Relay, now + (isRefused ? Pause : SilencePause)));
        return true;
    }
}
