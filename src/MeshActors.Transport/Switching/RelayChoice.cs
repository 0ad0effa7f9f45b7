using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>At which of its relays a node holds leases: at the nearest and at a second one that does not fail with it, as <see cref="HomeRelay"/> chooses.</summary>
/// <remarks>
/// The tunnels to all relays stay open, so that their round trips are known and any can take over at once. A relay that is chosen no more keeps its lease for <see cref="Grace"/> and while a path
/// in use goes over it: peers still know it from records. One in reserve is never measured, so that each relay that the node was told of comes before it. Relays whose endpoints share a network (24 bits of IPv4, 48 of IPv6) count as failing together.
/// </remarks>
internal sealed class RelayChoice
{
    /// <summary>How long a relay that is chosen no more keeps its lease at least.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Between the first looks at the round trips, each of which is measured for the next.</summary>
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int FirstLooks = 3;

    private readonly HomeRelay _home = new();
    private readonly Dictionary<RelayLink, MonoTime> _spareSince = [];
    private readonly List<RelayLink> _links;
    private readonly Func<RelayLink, bool> _isInUse;
    private MonoTime _lookAt = MonoTime.Never;
    private int _looks;

    /// <param name="links">All relays; the owner adds and removes.</param>
    /// <param name="isInUse">Whether the path in use of any tunnel goes over a relay.</param>
    public RelayChoice(List<RelayLink> links, Func<RelayLink, bool> isInUse)
    {
        _links = links;
        _isInUse = isInUse;
    }

    /// <summary>The relay that the node is reached by first; null without one.</summary>
    public MeshAddress? Home => _home.Home;

    /// <summary>The one that takes its place.</summary>
    public MeshAddress? Second => _home.Second;

    /// <summary>When <see cref="HandleTimeout"/> must next be called.</summary>
    public MonoTime? NextTimeout => _lookAt == MonoTime.Never ? null : MonoTime.Earliest(_lookAt, _home.NextTimeout);

    /// <summary>Relays were added or removed.</summary>
    public void HandleLinks(MonoTime now)
    {
        _home.SetCandidates([.. _links.Select(link => new RelayCandidate(link.Client.Relay, DomainOf(link.Record)))], now);
        foreach (var gone in _spareSince.Keys.Except(_links).ToList())
        {
            _spareSince.Remove(gone);
        }

        _looks = 0;
        _lookAt = _links.Count > 1 ? now + FirstInterval : MonoTime.Never;
        Apply(now);
    }

    /// <summary>Looks at what is known of the relays.</summary>
    public void HandleTimeout(MonoTime now)
    {
        var isDue = now >= _lookAt;
        if (!isDue && !(_home.NextTimeout <= now) && !IsChosenLost())
        {
            return;
        }

        _lookAt = !isDue ? _lookAt : now + (_looks++ < FirstLooks ? FirstInterval : Interval);
        foreach (var link in _links)
        {
            if (link.IsLost)
            {
                _home.HandleLost(link.Client.Relay, now);
            }
            else if (isDue && !link.IsReserve && link.RoundTrip is { } roundTrip)
            {
                _home.HandleRoundTrip(link.Client.Relay, roundTrip, now);
            }

            if (isDue)
            {
                link.Measure(now);
            }
        }

        _home.HandleTimeout(now);
        Apply(now);
    }

    private bool IsChosenLost()
    {
        foreach (var link in _links)
        {
            if (link.IsLost && _home.RoundTripOf(link.Client.Relay) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private void Apply(MonoTime now)
    {
        foreach (var link in _links)
        {
            if (link.Client.Relay == _home.Home || link.Client.Relay == _home.Second)
            {
                _spareSince.Remove(link);
                link.Client.Resume(now);
            }
            else if (_spareSince.TryAdd(link, now) && !link.Client.IsLeased)
            {
                link.Client.Release(now);
            }
            else if (link.Client.IsLeased && now - _spareSince[link] >= Grace && !_isInUse(link))
            {
                link.Client.Release(now);
            }
        }
    }

    private static string DomainOf(PeerRecord relay) => relay.Endpoints.IsEmpty ? string.Empty
        : (relay.Endpoints[0].Bits >> (relay.Endpoints[0].IsIPv4 ? 8 : 80)).ToString("x", CultureInfo.InvariantCulture);
}
