using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>All that this node knows of where and how it may be reached; peers of all tunnels are told whenever it is something else.</summary>
/// <remarks>
/// Of the candidates there is room for, the surest come first: relays where it has leases, ports that a gateway was asked to map, where relays see it, and its own addresses. A relay does not ask how NATs
/// before it behave.
/// </remarks>
internal sealed class Whereabouts
{
    /// <summary>Ports mapped by gateways that are told.</summary>
    public const int MostMapped = 2;

    private readonly TunnelTable _table;
    private readonly RelayLinks _links;
    private readonly BehaviourDesk? _behaviour;
    private readonly LifetimeDesk? _lifetime;
    private ImmutableArray<UdpEndpoint> _hosts = [];
    private ImmutableArray<UdpEndpoint> _mapped = [];
    private LocalCandidates _candidates = LocalCandidates.None;
    private int _leased;

    /// <param name="table">Where peers are told.</param>
    /// <param name="links">The relays of this node.</param>
    /// <param name="sides">Where a discovery takes sockets; null when there is to be none.</param>
    /// <param name="random">Chance of the discovery.</param>
    public Whereabouts(TunnelTable table, RelayLinks links, SideSockets? sides, IRandomSource random)
    {
        _table = table;
        _links = links;
        _behaviour = sides is null ? null : new BehaviourDesk(sides, random);
        _lifetime = sides is null ? null : new LifetimeDesk(sides, random);
    }

    /// <summary>What peers are told.</summary>
    public LocalCandidates Candidates => _candidates;

    /// <summary>How the NATs before this node behave, null while that is not known.</summary>
    public NatBehaviour? Behaviour => _behaviour?.Behaviour;

    /// <inheritdoc cref="BehaviourDesk.IsStale"/>
    public bool IsStale => _behaviour is { IsStale: true };

    /// <inheritdoc cref="BehaviourDesk.IsAwaited"/>
    public bool IsAwaited => _behaviour is { IsAwaited: true };

    /// <summary>How long a direct path may be quiet so that no NAT before this node forgets it, null while that is not known.</summary>
    public TimeSpan? KeepAlive => _lifetime?.KeepAlive;

    /// <summary>True while it asks how ports are given out: whoever takes some meanwhile spoils the answer.</summary>
    public bool IsAsking => _behaviour is { IsAsking: true };

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(_behaviour?.NextTimeout, _lifetime?.NextTimeout);

    /// <summary>Takes the endpoints at which this node's own socket may be reached.</summary>
    /// <returns>True when they took the place of others.</returns>
    public bool SetHosts(ImmutableArray<UdpEndpoint> hosts, MonoTime now)
    {
        var areOthers = !_hosts.IsEmpty && !_hosts.SequenceEqual(hosts);
        _hosts = hosts;
        Gather(now);
        return areOthers;
    }

    /// <summary>Takes the public endpoints that gateways map to this node's own socket, those of before are no more.</summary>
    public void SetMapped(ImmutableArray<UdpEndpoint> mapped, MonoTime now)
    {
        _mapped = [.. mapped.Take(MostMapped)];
        Gather(now);
    }

    /// <summary>This node's own address may have changed.</summary>
    public void HandleNetworkChanged(MonoTime now)
    {
        _behaviour?.HandleNetworkChanged(now);
        _lifetime?.HandleNetworkChanged();
    }

    /// <summary>A relay gave a lease, or refused one.</summary>
    public void HandleLeased(MonoTime now) => Gather(now);

    /// <summary>The driver has opened a side socket, or could not.</summary>
    public void HandleSockets(MonoTime now)
    {
        _behaviour?.HandleSockets(_links, now);
        _lifetime?.HandleSockets(_links, now);
    }

    /// <summary>Takes a datagram of STUN that came to a side socket.</summary>
    /// <returns>False when it has nothing to do with this.</returns>
    public bool HandleStun(int side, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (_behaviour?.HandleDatagram(side, from, datagram, now) != true && _lifetime?.HandleDatagram(side, from, datagram, now) != true)
        {
            return false;
        }

        TellLearned(now);
        return true;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (_links.Leased != _leased)
        {
            _leased = _links.Leased;
            Gather(now);
        }

        _behaviour?.HandleTimeout(_links, _hosts, now);
        _lifetime?.HandleTimeout(_links, now);
        TellLearned(now);
    }

    /// <inheritdoc cref="BehaviourDesk.PollTransmit"/>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        var length = _behaviour?.PollTransmit(destination, out to, now) ?? 0;
        return length > 0 ? length : _lifetime?.PollTransmit(destination, out to, now) ?? 0;
    }

    private void TellLearned(MonoTime now)
    {
        if (_behaviour is { IsAsking: false, Behaviour: { } behaviour })
        {
            _lifetime!.HandleBehaviour(behaviour, now);
        }

        if (Behaviour != _candidates.Behaviour)
        {
            Gather(now);
        }

        if (KeepAlive != _candidates.KeepAlive)
        {
            // Peers have nothing to learn of it: the list keeps its number.
            _candidates = _candidates with { KeepAlive = KeepAlive };
            _table.SetCandidates(_candidates, now);
        }
    }

    private void Gather(MonoTime now)
    {
        _behaviour?.HandleLeases(_links, now);
        var found = new List<(CandidateKind Kind, UdpEndpoint Endpoint)>();
        LeasedCandidates.AddRelays(found, _links.All);
        found.AddRange(_mapped.Select(mapped => (CandidateKind.Mapped, mapped)));
        LeasedCandidates.AddSeen(found, _links.All, _hosts);
        foreach (var host in _hosts)
        {
            if (!found.Exists(known => known.Endpoint == host))
            {
                found.Add((CandidateKind.Host, host));
            }
        }

        var most = found.Take(CandidatesFrame.MaxCandidates).ToImmutableArray();
        if (!most.SequenceEqual(_candidates.Candidates) || Behaviour != _candidates.Behaviour)
        {
            _candidates = new LocalCandidates(_candidates.Sequence + 1, most) { Behaviour = Behaviour, KeepAlive = KeepAlive };
            _table.SetCandidates(_candidates, now);
        }
    }
}
