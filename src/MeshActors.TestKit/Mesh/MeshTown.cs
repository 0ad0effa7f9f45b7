using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Mesh;

/// <summary>Eight nodes behind NATs of all kinds, some of which share theirs, two or three relays, and the ways between them, as a seed says.</summary>
internal sealed class MeshTown : IDisposable
{
    /// <summary>Nodes that talk.</summary>
    public const int Nodes = 8;

    private const int FirstHomeSite = 4;
    private const int Sites = 32;

    /// <summary>Relays that a node uses, when there are more.</summary>
    private const int RelaysOfNode = 2;

    /// <summary>Kinds of access; those without UDP need a connection to a relay.</summary>
    private static readonly NatKind[] Kinds = [.. NatKinds.All.Where(kind => kind != NatKinds.UdpBlocked)];

    private readonly SimRandom _random;
    private readonly List<MeshHome> _homes = [];
    private readonly TimeSpan[,] _delays = new TimeSpan[Sites, Sites];
    private readonly double _lossPercent;
    private readonly TimeSpan _jitter;
    private int _nextSite = FirstHomeSite;
    private int _placesBuilt;

    public MeshTown(ulong seed)
    {
        _random = new SimRandom(seed);
        World = new NatWorld(seed, SimLink.Perfect);
        _lossPercent = _random.Chance(60) ? _random.Between(0, 200) / 100.0 : 0;
        _jitter = _random.Chance(60) ? _random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(10)) : TimeSpan.Zero;
        DrawDelays();
        var relays = _random.Between(2, 3);
        for (var relay = 0; relay < relays; relay++)
        {
            World.AddRelay(relay);
        }

        while (_homes.Count < Nodes)
        {
            AddHomes();
        }

        if (_random.Chance(50))
        {
            SkewClocks();
        }
    }

    public NatWorld World { get; }

    public IReadOnlyList<MeshHome> Homes => _homes;

    public double LossPercent => _lossPercent;

    /// <summary>Whether two nodes can talk directly from where they are.</summary>
    public static DirectPath Oracle(MeshHome a, MeshHome b) =>
        DirectPathOracle.DirectPathPossible(a.Access, b.Access, a.SharedWith(b));

    /// <summary>The node comes to another place, behind other boxes.</summary>
    public void Move(MeshHome home, bool isNoticed)
    {
        var host = home.Node.Host;
        host.Detach();
        host.Place.Site = NextSite();
        var kind = Kinds[_random.Between(0, Kinds.Length - 1)];
        var access = kind.Create(_random.Split());
        var inside = Build(home.Name, host.Place.Site, access.Boxes, World.Internet.Public, out var boxes);
        World.Neighbourhood.Attach(host, inside, access.HasIPv6);
        home.Settle(kind, access, boxes);
        home.Node.HandleMoved(isNoticed, World.Now);
    }

    /// <summary>Sets what all ways between sites lose besides what they lose anyway.</summary>
    /// <param name="site">To and from where.</param>
    /// <param name="lossPercent">In each direction.</param>
    public void Worsen(int site, double lossPercent)
    {
        for (var other = 0; other < Sites; other++)
        {
            SetLink(site, other, lossPercent + _lossPercent, _jitter);
            SetLink(other, site, lossPercent + _lossPercent, _jitter);
        }
    }

    /// <summary>All ways work, and lose nothing.</summary>
    public void Heal()
    {
        World.Internet.Sites.MendAll();
        SetLinks(lossPercent: 0, TimeSpan.Zero);
    }

    public void Dispose() => World.Dispose();

    private int NextSite() => _nextSite < Sites - 1 ? _nextSite++ : _random.Between(FirstHomeSite, Sites - 1);

    private void DrawDelays()
    {
        for (var from = 0; from < Sites; from++)
        {
            for (var to = 0; to <= from; to++)
            {
                _delays[from, to] = _delays[to, from] = from == to
                    ? TimeSpan.FromMilliseconds(1)
                    : _random.Between(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(90));
            }
        }

        SetLinks(_lossPercent, _jitter);
    }

    private void SetLinks(double lossPercent, TimeSpan jitter)
    {
        for (var from = 0; from < Sites; from++)
        {
            for (var to = 0; to < Sites; to++)
            {
                SetLink(from, to, lossPercent, jitter);
            }
        }
    }

    private void SetLink(int from, int to, double lossPercent, TimeSpan jitter)
    {
        var delay = _delays[from, to];
        World.Internet.Sites.SetLink(
            from, to, from == to ? new SimLink(0, 0, delay, delay) : new SimLink(lossPercent, lossPercent / 10, delay, delay + jitter));
    }

    /// <summary>One node with boxes of its own, or several that share some.</summary>
    private void AddHomes()
    {
        var kind = Kinds[_random.Between(0, Kinds.Length - 1)];
        var access = kind.Create(_random.Split());
        var site = NextSite();
        var count = _random.Chance(25) && access.Boxes.Length > 0 ? Math.Min(_random.Between(2, 3), Nodes - _homes.Count) : 1;
        var hasOwnBoxes = count > 1 && !access.HasIPv6 && _random.Chance(50);
        var shared = Build($"n{_homes.Count}", site, access.Boxes, World.Internet.Public, out var sharedBoxes);
        for (var i = 0; i < count; i++)
        {
            var name = $"n{_homes.Count}";
            var own = hasOwnBoxes ? NatKinds.PortRestricted.Create(_random.Split()) : NatAccess.Open;
            var inside = Build(name, site, own.Boxes, shared, out var ownBoxes);
            var host = World.Internet.AddHost(name, site, translatesIPv4: true);
            World.Neighbourhood.Attach(host, inside, access.HasIPv6);
            var node = World.AddNode(host, SomeRelays());
            node.Supervise();
            _homes.Add(new MeshHome(
                node, kind, access with { Boxes = [.. own.Boxes, .. access.Boxes] }, [.. ownBoxes, .. sharedBoxes]));
        }
    }

    private SimSegment Build(
        string name, int site, IReadOnlyList<IBoxSettings> boxes, SimSegment outside, out List<SimPlace> built)
    {
        var before = World.Internet.Boxes.Count;
        var inside = World.Neighbourhood.Build($"{name}{(char)('a' + (_placesBuilt++ % 26))}", site, boxes, outside);
        built = [.. World.Internet.Boxes.Skip(before).Reverse()];
        return inside;
    }

    private List<NatNode> SomeRelays()
    {
        var relays = World.Relays.ToList();
        while (relays.Count > RelaysOfNode)
        {
            relays.RemoveAt(_random.Between(0, relays.Count - 1));
        }

        return relays;
    }

    private void SkewClocks()
    {
        foreach (var node in World.Nodes.Concat(World.Relays))
        {
            node.ClockSkew = _random.Between(-MeshHarms.LargestSkew, MeshHarms.LargestSkew);
        }
    }
}
