using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>Finds out how the NATs before this node behave, over the STUN of its relays, whenever that may have become another.</summary>
/// <remarks>
/// <para>Once all relays have given leases, or a second after the first did; again a second after this node's own address changed, or a relay saw it under another address, and when one relay alone could be asked and now there are more: it shows nothing of the mapping. From
/// <see cref="Sockets"/> side sockets, which are closed after it. What was found is kept until another discovery has found something.</para>
/// <para>Mapping and ports are told as soon as the samples are there, about 0.6 s after it began; hairpin follows when it is over. Where no relay answers over STUN nothing is known, and it is tried again later.</para>
/// </remarks>
internal sealed class BehaviourDesk
{
    /// <summary>Enough for the samples of ports to outlast the loss of two.</summary>
    public const int Sockets = PortSamples.Least + 2;

    private const int MostAddresses = 16;

    private static readonly TimeSpan FurtherRelays = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterChange = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    private readonly SideSockets _sides;
    private readonly IRandomSource _random;
    private readonly List<int> _numbers = [];
    private readonly HashSet<UInt128> _seenFrom = [];
    private BehaviourDiscovery? _discovery;
    private ImmutableArray<UdpEndpoint> _hosts = [];
    private bool _isWanted = true;
    private MonoTime? _due;
    private TimeSpan _retry = FirstRetry;
    private int _asked;
    private bool _isAboutToAsk;

    /// <param name="sides">Where it takes sockets.</param>
    /// <param name="random">Transaction ids.</param>
    public BehaviourDesk(SideSockets sides, IRandomSource random)
    {
        _sides = sides;
        _random = random;
    }

    /// <summary>What was found out, null while nothing is.</summary>
    public NatBehaviour? Behaviour { get; private set; }

    /// <summary>True when it was found out where this node may be no more.</summary>
    public bool IsStale { get; private set; }

    /// <summary>True while it is to be known soon: from a change on until the samples are there, or cannot be had.</summary>
    public bool IsAwaited => IsStale && (_isAboutToAsk || IsAsking);

    /// <summary>True while it asks: what else looks at how ports are given out had better wait.</summary>
    public bool IsAsking => _numbers.Count > 0;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _discovery is not null ? _discovery.NextTimeout : IsAsking ? null : _due;

    /// <summary>The leases of this node are others, or where relays see it.</summary>
    public void HandleLeases(RelayLinks links, MonoTime now)
    {
        var isElsewhere = false;
        foreach (var link in links.All)
        {
            if (link.Client.IsLeased && link.Client.Attested is { IsIPv4: true } seen && _seenFrom.Add(seen.Bits))
            {
                isElsewhere = true;
            }
        }

        if (_seenFrom.Count > MostAddresses)
        {
            _seenFrom.Clear();
        }

        if (_asked == 1 && AddressesOf(Servers(links)) is > 1 and var more)
        {
            (_isWanted, _asked) = (true, more);
        }

        if (_isWanted && links.Leased > 0)
        {
            var at = links.Leased == links.All.Count ? now : now + FurtherRelays;
            _due = MonoTime.Earliest(_due, at);
        }
        else if (isElsewhere && Behaviour is not null)
        {
            HandleNetworkChanged(now);
        }
    }

    /// <summary>This node's own address may have changed.</summary>
    public void HandleNetworkChanged(MonoTime now)
    {
        End();
        _isWanted = true;
        IsStale = Behaviour is not null;
        _isAboutToAsk = true;
        _retry = FirstRetry;
        _due = now + AfterChange;
    }

    /// <summary>Begins when that is due, and does what is due.</summary>
    /// <param name="links">The relays that are asked.</param>
    /// <param name="hosts">This node's own addresses: one that is seen from outside is not translated.</param>
    /// <param name="now">The present.</param>
    public void HandleTimeout(RelayLinks links, ImmutableArray<UdpEndpoint> hosts, MonoTime now)
    {
        _hosts = hosts;
        if (_discovery is not null)
        {
            _discovery.HandleTimeout(now);
            Conclude(now);
        }
        else if (IsAsking)
        {
            Begin(links, now);
        }
        else if (_due <= now)
        {
            _due = null;
            _isAboutToAsk = false;
            if (Servers(links).IsEmpty)
            {
                // The next lease says that there are some.
                return;
            }

            _isWanted = false;
            while (_numbers.Count < Sockets && _sides.TryOpen(out var number))
            {
                _numbers.Add(number);
            }
        }
    }

    /// <summary>The driver has opened side sockets, or could not.</summary>
    public void HandleSockets(RelayLinks links, MonoTime now)
    {
        if (IsAsking && _discovery is null)
        {
            Begin(links, now);
        }
    }

    /// <summary>Takes a datagram that came to a side socket.</summary>
    /// <returns>False when it has nothing to do with this.</returns>
    public bool HandleDatagram(int side, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var index = _discovery is null ? -1 : _numbers.IndexOf(side);
        if (index < 0)
        {
            return false;
        }

        var isOurs = _discovery!.HandleDatagram(index, from, datagram, now);
        Conclude(now);
        return isOurs;
    }

    /// <summary>Writes the next question. Call until it returns 0.</summary>
    /// <param name="destination">At least <see cref="StunRequest.MaxSize"/> bytes.</param>
    /// <param name="to">The <see cref="SocketEndpoint"/> that it goes to.</param>
    /// <param name="now">The present.</param>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        if (_discovery is null || _discovery.PollTransmit(destination, out var index, out var server, now) is not (> 0 and var length))
        {
            return 0;
        }

        to = SocketEndpoint.Of(_numbers[index], server);
        return length;
    }

    /// <summary>Asks when the driver has said of all sockets what became of them.</summary>
    private void Begin(RelayLinks links, MonoTime now)
    {
        if (_numbers.Exists(number => _sides.StateOf(number) == SideSocketState.Opening))
        {
            return;
        }

        foreach (var failed in _numbers.FindAll(number => !_sides.IsOpen(number)))
        {
            _sides.Close(failed);
            _numbers.Remove(failed);
        }

        var servers = Servers(links);
        if (_numbers.Count < PortSamples.Least || servers.IsEmpty)
        {
            Retry(now);
            return;
        }

        _asked = AddressesOf(servers);
        _discovery = new BehaviourDiscovery(
            new BehaviourSettings(servers, [.. _numbers.Select(_sides.LocalOf)]), _random, now);
    }

    private void Conclude(MonoTime now)
    {
        if (_discovery!.IsSampled)
        {
            Behaviour = _discovery.Behaviour with { Flags = Flags(_discovery) };
            IsStale = false;
        }

        if (!_discovery.IsOver)
        {
            return;
        }

        if (_discovery.Servers.Count == 0)
        {
            Retry(now);
            return;
        }

        End();
    }

    private NatFlags Flags(BehaviourDiscovery discovery)
    {
        var first = discovery.Servers[0];
        var isOwn = first.Mapped.Port == _sides.LocalOf(_numbers[0]).Port
            && (first.Mapped.IsLoopback || _hosts.Any(host => host.Bits == first.Mapped.Bits));
        return discovery.Behaviour.Flags | (isOwn ? NatFlags.NotTranslated : NatFlags.None);
    }

    private void Retry(MonoTime now)
    {
        End();
        _due = now + _retry;
        _retry = 4 * _retry < LongestRetry ? 4 * _retry : LongestRetry;
    }

    private void End()
    {
        _numbers.ForEach(_sides.Close);
        _numbers.Clear();
        _discovery = null;
    }

    private static int AddressesOf(ImmutableArray<UdpEndpoint> servers) => servers.Select(server => server.Bits).Distinct().Count();

    private static ImmutableArray<UdpEndpoint> Servers(RelayLinks links) =>
    [
        .. links.All.Where(link => link.Client is { IsLeased: true, Endpoint.IsIPv4: true })
            .Select(link => link.Client.Endpoint).Distinct().Take(BehaviourSettings.MaxServers),
    ];
}
