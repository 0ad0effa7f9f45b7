using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Mesh;

/// <summary>Looks at every packet of a mesh: how many a node sends, and whether where it sends to was named by anybody; and mixes them into a hash.</summary>
/// <remarks>
/// Named are the addresses of hosts and boxes, and endpoints from which packets came. Beside those a node may guess ports, of boxes alone that have another
/// one for each peer, or whose mappings were lost.
/// </remarks>
internal sealed class MeshWatch
{
    private readonly MeshTown _town;
    private readonly HashSet<UInt128> _addresses = [];
    private readonly Dictionary<SimPlace, int> _sent = [];
    private readonly Dictionary<SimPlace, int> _tries = [];
    private readonly Dictionary<SimPlace, int> _inAll = [];
    private readonly int[] _byType = new int[256];
    private int _boxesKnown;
    private long _second = -1;

    public MeshWatch(MeshTown town)
    {
        _town = town;
    }

    /// <summary>Equal for equal runs.</summary>
    public ulong Hash { get; private set; } = 0xCBF2_9CE4_8422_2325;

    /// <summary>Packets that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>The most that one node, no relay, sent within a second.</summary>
    public int MostInSecond { get; private set; }

    /// <summary>The most of these by which ports were tried.</summary>
    public int MostTriesInSecond { get; private set; }

    /// <summary>A datagram to where nobody is, or null.</summary>
    public string? Wrong { get; private set; }

    /// <summary>What is to be told of every packet besides.</summary>
    public SimDiagram? Diagram { get; init; }

    public void Note(SimPacketEvent happened)
    {
        var packet = happened.Packet;
        Mix((ulong)happened.At.Ticks);
        Mix(((ulong)happened.Fate << 48) | ((ulong)happened.Place.Site << 32) | (uint)packet.Bytes.Length);
        Mix((ulong)(packet.To.Bits & ulong.MaxValue) ^ ((ulong)packet.To.Port << 48) ^ packet.From.Port);
        Diagram?.Note(happened);
        if (happened.Fate == SimFate.Sent)
        {
            Count(happened);
        }
    }

    /// <summary>The node, no relay, that sent most since the count began, and how much.</summary>
    public (string Name, int Sent) Busiest
    {
        get
        {
            var (name, most) = (string.Empty, 0);
            foreach (var (place, sent) in _inAll)
            {
                (name, most) = sent > most ? (place.Name, sent) : (name, most);
            }

            return (name, most);
        }
    }

    /// <summary>Datagrams of all nodes since the count began.</summary>
    public int Counted => _byType.Sum();

    /// <summary>Datagrams of all nodes since the count began, by their first byte, the most first.</summary>
    public string ByType => string.Join(", ", Enumerable.Range(0, _byType.Length)
        .Where(type => _byType[type] > 0)
        .OrderByDescending(type => _byType[type])
        .Select(type => string.Create(CultureInfo.InvariantCulture, $"0x{type:X2} {_byType[type]}")));

    /// <summary>Datagrams of all nodes since the count began that begin so.</summary>
    public int CountedOf(byte type) => _byType[type];

    /// <summary>Counts for <see cref="Busiest"/> and <see cref="ByType"/> begin anew.</summary>
    public void BeginCount()
    {
        _inAll.Clear();
        Array.Clear(_byType);
    }

    private void Count(in SimPacketEvent happened)
    {
        Sent++;
        var second = happened.At.Ticks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            _second = second;
            _sent.Clear();
            _tries.Clear();
        }

        var place = happened.Place;
        var type = happened.Packet.Bytes.IsEmpty ? (byte)0 : happened.Packet.Bytes.Span[0];
        _byType[type]++;
        if (type == DatagramType.Punch)
        {
            MostTriesInSecond = Math.Max(MostTriesInSecond, _tries[place] = _tries.GetValueOrDefault(place) + 1);
        }

        if (place.Site >= _town.World.Relays.Count)
        {
            MostInSecond = Math.Max(MostInSecond, _sent[place] = _sent.GetValueOrDefault(place) + 1);
            _inAll[place] = _inAll.GetValueOrDefault(place) + 1;
        }

        var to = SimNat64.TryExtract(happened.Packet.To, out var embedded) ? embedded : happened.Packet.To;
        if (!_addresses.Contains(to.Bits) && !IsKnownNow(to.Bits))
        {
            Wrong ??= $"{place.Name} sends to {to}, which is nobody's, at {happened.At}";
        }
    }

    private bool IsKnownNow(UInt128 address)
    {
        foreach (var host in _town.World.Internet.Hosts)
        {
            foreach (var face in host.Interfaces)
            {
                _addresses.Add(face.Address);
            }
        }

        var boxes = _town.World.Internet.Boxes;
        for (; _boxesKnown < boxes.Count; _boxesKnown++)
        {
            _addresses.UnionWith(boxes[_boxesKnown].Box!.OutsideAddresses);
        }

        return _addresses.Contains(address);
    }

    private void Mix(ulong value)
    {
        unchecked
        {
            Hash = (Hash ^ value) * 0x9E37_79B9_7F4A_7C15;
            Hash ^= Hash >> 29;
        }
    }
}
