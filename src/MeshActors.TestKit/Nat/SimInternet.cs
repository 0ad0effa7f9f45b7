using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>Hosts at sites, behind NATs and firewalls, whose UDP datagrams reach each other as those boxes and the ways between the sites let them.</summary>
/// <remarks>
/// A packet goes from its host through the boxes above it until one of the segments knows where it is to go, and from there down. It takes no time
/// between places of one site, but where it turns from going up to going down, and wherever it comes to another site, it takes the time of the link
/// between the two sites. So a box near the receiver sees it when it arrives, not when it is sent. The owner moves time: it sends, then asks
/// <see cref="NextArrival"/>, and calls <see cref="TryReceive"/> until it returns false.
/// </remarks>
internal sealed class SimInternet
{
    /// <summary>What a host sends with when nothing else is asked for.</summary>
    public const int DefaultHops = 64;

    /// <summary>Routers between two sites: a packet with fewer hops opens the boxes of its own side and reaches no other.</summary>
    public const int HopsBetweenSites = 8;

    private readonly List<SimHost> _hosts = [];
    private readonly List<SimPlace> _boxes = [];
    private readonly Dictionary<SimPlace, SimHost> _byPlace = [];
    private readonly Queue<SimDatagram> _arrived = new();
    private long _packets;

    /// <param name="defaultLink">Between any two sites, and within one, where <see cref="Sites"/> was told nothing else.</param>
    /// <param name="random">Chance of its own.</param>
    public SimInternet(SimLink defaultLink, SimRandom random)
    {
        Sites = new SimSites<SimFlight>(defaultLink, random);
    }

    /// <summary>Where public addresses are.</summary>
    public SimSegment Public { get; } = new(gate: null);

    public SimSites<SimFlight> Sites { get; }

    public IReadOnlyList<SimHost> Hosts => _hosts;

    public IReadOnlyList<SimPlace> Boxes => _boxes;

    /// <summary>Called with everything that happens to a packet.</summary>
    public Action<SimPacketEvent>? Observer { get; set; }

    /// <summary>When something next happens, null when nothing is on the way. A datagram that waits to be taken is not counted.</summary>
    public MonoTime? NextArrival => Sites.NextArrival;

    /// <param name="name">What traces call it.</param>
    /// <param name="site">Where it is.</param>
    /// <param name="translatesIPv4">Whether its programs see IPv4 though it has IPv6 alone.</param>
    public SimHost AddHost(string name, int site, bool translatesIPv4 = false)
    {
        var host = new SimHost(_hosts.Count, name, site) { TranslatesIPv4 = translatesIPv4 };
        _hosts.Add(host);
        _byPlace.Add(host.Place, host);
        return host;
    }

    /// <summary>Sets up a box: hosts and further boxes are attached to its inside.</summary>
    public SimPlace AddBox(string name, int site, ISimBox box, SimSegment outside)
    {
        var place = new SimPlace(name, site, box, outside);
        _boxes.Add(place);
        foreach (var address in box.OutsideAddresses)
        {
            outside.Add(address, place);
        }

        return place;
    }

    /// <summary>Sends a datagram from a port of a host.</summary>
    /// <returns>False when the port is closed or the host has no address of that family, as a socket would say.</returns>
    public bool Send(
        SimHost host, ushort port, UdpEndpoint to, ReadOnlyMemory<byte> bytes, MonoTime now, int hops = DefaultHops)
    {
        if (!host.IsOpen(port) || !host.TryRoute(ref to, out var address, out var segment))
        {
            return false;
        }

        var packet = new SimPacket(new UdpEndpoint(address, port), to, bytes, hops, ++_packets);
        Note(now, host.Place, SimFate.Sent, packet);
        Route(host.Place, segment!, packet, now);
        return true;
    }

    /// <summary>Takes the next datagram that has reached an open port by now. Call until it returns false.</summary>
    public bool TryReceive(MonoTime now, out SimDatagram datagram)
    {
        while (!_arrived.TryDequeue(out datagram))
        {
            // Boxes on the way see it when it comes there, however late the owner asks.
            var at = Sites.NextArrival ?? now;
            if (!Sites.TryReceive(now, out var flight, out var wasCut))
            {
                return false;
            }

            if (wasCut)
            {
                Note(at, flight.To, SimFate.Cut, flight.Packet);
            }
            else
            {
                Arrive(flight.To, flight.IsOutbound, flight.Packet, at);
            }
        }

        return true;
    }

    /// <summary>Finds the next place within a segment, or the box that leads out of it.</summary>
    private void Route(SimPlace from, SimSegment segment, SimPacket packet, MonoTime now)
    {
        var target = segment.Find(packet.To.Bits);
        if (target is not null)
        {
            Fly(from, target, isOutbound: false, packet, now);
        }
        else if (segment.Gate is null)
        {
            Note(now, from, SimFate.NoRoute, packet);
        }
        else if (segment.Gate.Site == from.Site)
        {
            Arrive(segment.Gate, isOutbound: true, packet, now);
        }
        else
        {
            Fly(from, segment.Gate, isOutbound: true, packet, now);
        }
    }

    private void Fly(SimPlace from, SimPlace to, bool isOutbound, SimPacket packet, MonoTime now)
    {
        var hops = from.Site == to.Site ? packet.HopsLeft : packet.HopsLeft - HopsBetweenSites;
        if (hops < 0 || Sites.IsCut(from.Site, to.Site))
        {
            Note(now, from, hops < 0 ? SimFate.HopsExceeded : SimFate.Cut, packet);
            return;
        }

        Sites.Send(from.Site, to.Site, new SimFlight(to, isOutbound, packet with { HopsLeft = hops }), packet.Bytes.Length, now);
    }

    private void Arrive(SimPlace place, bool isOutbound, SimPacket packet, MonoTime now)
    {
        if (place.Box is not { } box)
        {
            Deliver(_byPlace[place], packet, now);
            return;
        }

        if (packet.HopsLeft == 0)
        {
            Note(now, place, SimFate.HopsExceeded, packet);
            return;
        }

        packet = packet with { HopsLeft = packet.HopsLeft - 1 };
        var verdict = isOutbound ? box.HandleOutbound(ref packet, now) : box.HandleInbound(ref packet, now);
        Note(now, place, FateOf(verdict), packet);
        if (verdict == BoxVerdict.Pass && isOutbound)
        {
            Route(place, place.Outside!, packet, now);
        }
        else if (verdict is BoxVerdict.Pass or BoxVerdict.TurnBack)
        {
            Descend(place, packet, verdict == BoxVerdict.TurnBack, now);
        }
    }

    /// <summary>Goes on inside of a box, to whom the box translated the packet for.</summary>
    private void Descend(SimPlace place, SimPacket packet, bool turned, MonoTime now)
    {
        if (place.Inside!.Find(packet.To.Bits) is not { } target)
        {
            Note(now, place, SimFate.NoRoute, packet);
        }
        else if (turned || target.Site != place.Site)
        {
            Fly(place, target, isOutbound: false, packet, now);
        }
        else
        {
            Arrive(target, isOutbound: false, packet, now);
        }
    }

    private void Deliver(SimHost host, SimPacket packet, MonoTime now)
    {
        var isOpen = host.IsOpen(packet.To.Port);
        Note(now, host.Place, isOpen ? SimFate.Received : SimFate.ClosedPort, packet);
        if (isOpen)
        {
            _arrived.Enqueue(new SimDatagram(host, packet.To, host.Seen(packet.From), packet.Bytes));
        }
    }

    private void Note(MonoTime now, SimPlace place, SimFate fate, SimPacket packet) =>
        Observer?.Invoke(new SimPacketEvent(now, place, fate, packet));

    private static SimFate FateOf(BoxVerdict verdict) => verdict switch
    {
        BoxVerdict.Pass => SimFate.Passed,
        BoxVerdict.TurnBack => SimFate.TurnedBack,
        BoxVerdict.NoMapping => SimFate.NoMapping,
        BoxVerdict.Filtered => SimFate.Filtered,
        BoxVerdict.Blocked => SimFate.Blocked,
        BoxVerdict.NoHairpin => SimFate.NoHairpin,
        _ => SimFate.NoPort,
    };
}
