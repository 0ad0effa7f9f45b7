using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Simulation;

/// <summary>The network between two nodes as an eavesdropper has it: changes in what it carries, flips bits, and sees all that is sent.</summary>
/// <remarks>Oracles: no packet number is sealed twice under a connection id, no datagram shows what a message says.</remarks>
internal sealed class SimWire
{
    private readonly SimNetwork<byte[]> _network;
    private readonly SimRandom _random;
    private readonly double _corruptPercent;
    private readonly UdpEndpoint[] _ends;
    private readonly HashSet<(ulong ConnectionId, uint Number)> _sealed = [];
    private readonly Queue<SimLinkChange> _changes;
    private SimLink _link;
    private bool _isDown;

    /// <param name="link">Both directions, until the first change.</param>
    /// <param name="corruptPercent">How many of a hundred datagrams arrive with a bit flipped.</param>
    /// <param name="changes">In order of time.</param>
    /// <param name="ends">Both ends.</param>
    /// <param name="random">Chance.</param>
    public SimWire(
        SimLink link,
        double corruptPercent,
        IEnumerable<SimLinkChange> changes,
        UdpEndpoint[] ends,
        SimRandom random)
    {
        _link = link;
        _corruptPercent = corruptPercent;
        _ends = ends;
        _changes = new Queue<SimLinkChange>(changes);
        _random = random.Split();
        _network = new SimNetwork<byte[]>(link, random.Split());
    }

    /// <summary>When something arrives or changes next.</summary>
    public MonoTime? Next => MonoTime.Earliest(
        _network.NextArrival, _changes.TryPeek(out var change) ? new MonoTime(0) + change.At : null);

    /// <summary>Datagrams handed to the network.</summary>
    public long Sent => _network.Sent;

    /// <summary>Carries a datagram.</summary>
    /// <returns>What is wrong with it, null when nothing is.</returns>
    public string? Send(UdpEndpoint from, UdpEndpoint to, byte[] datagram, MonoTime now)
    {
        string? wrong = null;
        if (PacketHeader.TryRead(datagram, out _, out var connectionId, out var number)
            && !_sealed.Add((connectionId, number)))
        {
            wrong = $"packet {number} was sealed twice";
        }

        if (datagram.AsSpan().IndexOf(SimTalk.Marker) >= 0)
        {
            wrong = "a message was sent in clear";
        }

        var bytes = datagram.Length;
        if (_random.Chance(_corruptPercent))
        {
            datagram[_random.Below(bytes)] ^= (byte)(1 << _random.Below(8));
        }

        _network.Send(from, to, datagram, bytes, now);
        return wrong;
    }

    /// <summary>Takes the next datagram that has arrived by now. Call until it returns false.</summary>
    public bool TryReceive(MonoTime now, out SimArrival<byte[]> arrival)
    {
        while (_changes.TryPeek(out var change) && new MonoTime(0) + change.At <= now)
        {
            _changes.Dequeue();
            _link = _link with { Mtu = change.Mtu ?? _link.Mtu };
            _isDown = change.IsDown ?? _isDown;
            var link = _isDown ? _link with { LossPercent = 100 } : _link;
            _network.SetLink(_ends[0], _ends[1], link);
            _network.SetLink(_ends[1], _ends[0], link);
        }

        return _network.TryReceive(now, out arrival);
    }
}
