using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>The ways between sites: how long packets take, which are lost, and which ways are cut.</summary>
/// <typeparam name="TPacket">What travels.</typeparam>
internal sealed class SimSites<TPacket>
{
    private readonly SimNetwork<TPacket> _network;
    private readonly HashSet<(int From, int To)> _cuts = [];
    private readonly HashSet<int> _cutSites = [];

    public SimSites(SimLink defaultLink, SimRandom random)
    {
        _network = new SimNetwork<TPacket>(defaultLink, random);
    }

    /// <summary>When something next arrives at a site, null when nothing is on the way.</summary>
    public MonoTime? NextArrival => _network.NextArrival;

    /// <summary>What lies between two sites, one way; a site has a link to itself too.</summary>
    public void SetLink(int from, int to, SimLink link) => _network.SetLink(End(from), End(to), link);

    /// <summary>What lies between two sites, one way.</summary>
    public SimLink LinkOf(int from, int to) => _network.LinkOf(End(from), End(to));

    /// <summary>Cuts or mends the way from one site to another, that way alone; what is under way is cut too.</summary>
    public void Cut(int from, int to, bool isCut = true) => Change(_cuts, (from, to), isCut);

    /// <summary>Cuts a site off from all others, or mends it; within it packets go on.</summary>
    public void CutSite(int site, bool isCut = true) => Change(_cutSites, site, isCut);

    /// <summary>Mends all ways and sites.</summary>
    public void MendAll()
    {
        _cuts.Clear();
        _cutSites.Clear();
    }

    public bool IsCut(int from, int to) =>
        _cuts.Contains((from, to)) || (from != to && (_cutSites.Contains(from) || _cutSites.Contains(to)));

    public void Send(int from, int to, TPacket packet, int bytes, MonoTime now) =>
        _network.Send(End(from), End(to), packet, bytes, now);

    /// <summary>Takes the next packet that has arrived by now.</summary>
    /// <param name="now">Now.</param>
    /// <param name="packet">What arrived.</param>
    /// <param name="wasCut">Whether its way has been cut meanwhile.</param>
    public bool TryReceive(MonoTime now, out TPacket packet, out bool wasCut)
    {
        var arrived = _network.TryReceive(now, out var arrival);
        packet = arrival.Packet;
        wasCut = arrived && IsCut((int)arrival.From.Bits, (int)arrival.To.Bits);
        return arrived;
    }

    private static void Change<T>(HashSet<T> set, T member, bool isIn)
    {
        if (isIn)
        {
            set.Add(member);
        }
        else
        {
            set.Remove(member);
        }
    }

    /// <summary>Sites have no addresses: their numbers stand for them.</summary>
    private static UdpEndpoint End(int site) => new((UInt128)site, 0);
}
