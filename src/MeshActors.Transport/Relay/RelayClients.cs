using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>The relays a node uses, and the endpoints that stand for nodes behind them.</summary>
/// <remarks>
/// The client number of a <see cref="RelayedEndpoint"/> is the number of the relay client in its low ten bits, and above them the relay behind it where the
/// node is leased: an answer to the source of a datagram takes the same way back, without anything to remember. Numbers are given out in turn, so that what paths still
/// know as an endpoint behind a relay that is used no more means no other one until <see cref="Numbers"/> more were used.
/// </remarks>
internal sealed class RelayClients : IDisposable
{
    /// <summary>Relays used at a time that the node was told of.</summary>
    public const int Most = 8;

    /// <summary>Relays used at a time that stand in for these.</summary>
    public const int MostInReserve = 2;

    /// <summary>Numbers of relay clients; with the relays behind them (<see cref="RelayLeasedFrame.MaxRelays"/>) they fit into the 16 bits of a client number.</summary>
    public const int Numbers = 1_024;

    private readonly RelayClient?[] _clients = new RelayClient?[Most + MostInReserve];
    private readonly MeshAddress _self;
    private readonly SessionKeySlab _slab;
    private readonly IRandomSource _random;
    private int _next;

    /// <param name="self">This node.</param>
    /// <param name="slab">Where keys live.</param>
    /// <param name="random">Names attempts.</param>
    public RelayClients(MeshAddress self, SessionKeySlab slab, IRandomSource random)
    {
        _self = self;
        _slab = slab;
        _random = random;
    }

    /// <summary>The earliest deadline of all clients, or null.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = null;
            foreach (var client in _clients)
            {
                next = MonoTime.Earliest(next, client?.NextTimeout);
            }

            return next;
        }
    }

    /// <summary>The one with a number, or null.</summary>
    public RelayClient? this[int number]
    {
        get
        {
            foreach (var client in _clients)
            {
                if (client is not null && client.Number == number)
                {
                    return client;
                }
            }

            return null;
        }
    }

    /// <summary>The endpoint of a node behind a relay.</summary>
    public static UdpEndpoint EndpointOf(int client, ushort relay, MeshAddress target) =>
        RelayedEndpoint.Of((relay * Numbers) + client, target);

    /// <summary>The relay client whose frames reach an endpoint; null when it is none of a relay that is used.</summary>
    public RelayClient? Before(in UdpEndpoint endpoint) =>
        RelayedEndpoint.TryRead(endpoint, out var number, out _) ? this[number % Numbers] : null;

    /// <summary>Whether two relayed endpoints have a relay in common.</summary>
    public bool Share(UdpEndpoint one, UdpEndpoint other)
    {
        var (near, far) = RelaysOf(one);
        var (otherNear, otherFar) = RelaysOf(other);
        return near is not null && otherNear is not null
            && (near == otherNear || near == otherFar || (far is not null && (far == otherNear || far == otherFar)));
    }

    public RelayClient? Find(MeshAddress relay) => Array.Find(_clients, client => client?.Relay == relay);

    /// <summary>Begins to use a relay.</summary>
    /// <param name="relay">One that is not used.</param>
    /// <param name="forwards">True when this node is a relay and wants to send there for its clients.</param>
    /// <param name="now">The present.</param>
    /// <param name="isReserve">Whether it stands in for relays that the node was told of.</param>
    /// <returns>Null when <see cref="Most"/> are used, or <see cref="MostInReserve"/>.</returns>
    public RelayClient? Add(MeshAddress relay, bool forwards, MonoTime now, bool isReserve = false)
    {
        Invariant.Require(Find(relay) is null);
        var place = isReserve ? Array.IndexOf(_clients, null, Most) : Array.IndexOf(_clients, null, 0, Most);
        return place < 0
            ? null
            : _clients[place] = new RelayClient(TakeNumber(), _self, relay, forwards, _slab, _random, now);
    }

    /// <summary>Stops using a relay; endpoints behind it are dead from then on.</summary>
    public void Remove(RelayClient client)
    {
        var place = Array.IndexOf(_clients, client);
        Invariant.Require(place >= 0);
        _clients[place] = null;
        client.Dispose();
    }

    /// <summary>Hands out a request that is due, to be sent in the tunnel to the client's relay.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="content">Room for the content of a RELAY_LEASE frame.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes of the content; 0 when none is due.</returns>
    public int PollRequest(out RelayClient? client, Span<byte> content, MonoTime now)
    {
        foreach (var candidate in _clients)
        {
            if (candidate?.PollRequest(content, now) is { } length and > 0)
            {
                client = candidate;
                return length;
            }
        }

        client = null;
        return 0;
    }

    public void HandleTimeout(MonoTime now)
    {
        foreach (var client in _clients)
        {
            client?.HandleTimeout(now);
        }
    }

    /// <summary>Puts a datagram into a frame for the relay that its destination is behind.</summary>
    /// <param name="datagram">May lie in <paramref name="destination"/>.</param>
    /// <param name="to">A relayed endpoint.</param>
    /// <param name="destination">Room for 35 bytes more than the datagram.</param>
    /// <param name="relay">Where the frame goes.</param>
    /// <returns>Bytes of the frame; 0 when there is no such way at present.</returns>
    public int Wrap(ReadOnlySpan<byte> datagram, in UdpEndpoint to, Span<byte> destination, out UdpEndpoint relay)
    {
        relay = default;
        if (!RelayedEndpoint.TryRead(to, out var number, out var target) || this[number % Numbers] is not { } client)
        {
            return 0;
        }

        relay = client.Endpoint;
        return client.Wrap(datagram, target, (ushort)(number / Numbers), destination);
    }

    /// <summary>Takes a datagram out of a frame that begins with <see cref="DatagramType.FromRelay"/>.</summary>
    /// <param name="bytes">Anything; stays as it is.</param>
    /// <param name="source">Whom the datagram is from, as an endpoint to answer to.</param>
    /// <param name="datagram">Where in the bytes it stands.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? TryUnwrap(Span<byte> bytes, out UdpEndpoint source, out Range datagram)
    {
        source = default;
        datagram = RelayFrame.Size..;
        if (RelayFrame.TryRead(bytes, DatagramType.FromRelay, out var frame) is { } malformed)
        {
            return malformed;
        }

        // Relays number leases each for itself: two may have the same number, and then the tag tells.
        DropReason? reason = DropReason.UnknownLease;
        foreach (var client in _clients)
        {
            if (client is { IsLeased: true } && client.Lease == frame.Lease)
            {
                reason = client.TryUnwrap(bytes, frame, out source);
                if (reason is null)
                {
                    return null;
                }
            }
        }

        return reason;
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client?.Dispose();
        }
    }

    /// <summary>The relay of this node that an endpoint is behind, and the one behind that where the node is leased; null where there is none.</summary>
    private (MeshAddress? Near, MeshAddress? Far) RelaysOf(in UdpEndpoint endpoint)
    {
        if (!RelayedEndpoint.TryRead(endpoint, out var number, out _) || this[number % Numbers] is not { } client)
        {
            return (null, null);
        }

        foreach (var (index, relay) in client.Onward)
        {
            if (index == number / Numbers)
            {
                return (client.Relay, relay);
            }
        }

        return (client.Relay, null);
    }

    private int TakeNumber()
    {
        while (this[_next] is not null)
        {
            _next = (_next + 1) % Numbers;
        }

        var taken = _next;
        _next = (taken + 1) % Numbers;
        return taken;
    }
}
