using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Simulation;

/// <summary>Carries packets between endpoints, late, twice or never, as links and seed say.</summary>
/// <remarks>Every direction between two endpoints has a link of its own: the default one, or what <see cref="SetLink"/> gave it.</remarks>
internal sealed class SimNetwork<TPacket>
{
    private readonly PriorityQueue<SimArrival<TPacket>, (MonoTime At, long Order)> _inFlight = new();
    private readonly Dictionary<(UdpEndpoint From, UdpEndpoint To), SimLink> _links = [];
    private readonly Dictionary<(UdpEndpoint From, UdpEndpoint To), MonoTime> _freeAt = [];
    private readonly SimLink _defaultLink;
    private readonly SimRandom _random;
    private long _order;

    public SimNetwork(SimLink defaultLink, SimRandom random)
    {
        _defaultLink = defaultLink;
        _random = random;
    }

    /// <summary>When the next packet arrives, null when none is on the way.</summary>
    public MonoTime? NextArrival => _inFlight.TryPeek(out _, out var due) ? due.At : null;

    /// <summary>Packets handed to the network.</summary>
    public long Sent { get; private set; }

    /// <summary>Packets that chance, their size or a full queue lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Changes one direction for the packets sent from here on.</summary>
    public void SetLink(UdpEndpoint from, UdpEndpoint to, SimLink link) => _links[(from, to)] = link;

    /// <summary>What lies in one direction.</summary>
    public SimLink LinkOf(UdpEndpoint from, UdpEndpoint to) => _links.GetValueOrDefault((from, to), _defaultLink);

    /// <param name="from">Sender.</param>
    /// <param name="to">Receiver.</param>
    /// <param name="packet">What arrives, unchanged.</param>
    /// <param name="bytes">Its size, for links with a bound.</param>
    /// <param name="now">Now.</param>
    public void Send(UdpEndpoint from, UdpEndpoint to, TPacket packet, int bytes, MonoTime now)
    {
        Sent++;
        var link = LinkOf(from, to);
        if (link.Mtu > 0 && bytes > link.Mtu)
        {
            Lost++;
            return;
        }

        if (!TryPassQueue(link, (from, to), bytes, now, out var leavesAt) || _random.Chance(link.LossPercent))
        {
            Lost++;
            return;
        }

        var arrival = new SimArrival<TPacket>(from, to, packet);
        Enqueue(arrival, leavesAt + _random.Between(link.LatencyMin, link.LatencyMax));
        if (_random.Chance(link.DuplicatePercent))
        {
            Enqueue(arrival, leavesAt + _random.Between(link.LatencyMin, link.LatencyMax));
        }
    }

    /// <summary>Takes the next packet that has arrived by now. Call until it returns false.</summary>
    public bool TryReceive(MonoTime now, out SimArrival<TPacket> arrival)
    {
        arrival = default;
        return _inFlight.TryPeek(out _, out var due) && due.At <= now && _inFlight.TryDequeue(out arrival, out _);
    }

    private bool TryPassQueue(
        SimLink link, (UdpEndpoint From, UdpEndpoint To) direction, int bytes, MonoTime now, out MonoTime leavesAt)
    {
        leavesAt = now;
        if (link.BytesPerSecond == 0)
        {
            return true;
        }

        var freeAt = MonoTime.Latest(now, _freeAt.GetValueOrDefault(direction, now));
        var waiting = (freeAt - now).TotalSeconds * link.BytesPerSecond;
        if (link.QueueBytes > 0 && waiting + bytes > link.QueueBytes)
        {
            return false;
        }

        leavesAt = freeAt + TimeSpan.FromSeconds((double)bytes / link.BytesPerSecond);
        _freeAt[direction] = leavesAt;
        return true;
    }

    /// <summary>The order number keeps packets with the same arrival time in a fixed order.</summary>
    private void Enqueue(SimArrival<TPacket> arrival, MonoTime at) => _inFlight.Enqueue(arrival, (at, _order++));
}
