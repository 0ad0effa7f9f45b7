using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Mesh;

/// <summary>Plans and does what goes wrong in a mesh, and undoes it.</summary>
internal sealed class MeshHarms
{
    /// <summary>Clocks of two nodes are twice this apart at most: beyond ten minutes no handshake is taken.</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(4);

    private static readonly int Kinds = Enum.GetValues<MeshHarm>().Length;

    private readonly MeshTown _town;
    private readonly SimRandom _random;
    private readonly Action<string> _note;
    private readonly PriorityQueue<(Action Act, bool IsEnd), (MonoTime At, int Order)> _planned = new();
    private int _order;

    /// <param name="town">Where.</param>
    /// <param name="random">What, whom, when.</param>
    /// <param name="note">Told of everything in words.</param>
    public MeshHarms(MeshTown town, SimRandom random, Action<string> note)
    {
        _town = town;
        _random = random;
        _note = note;
    }

    /// <summary>How often each kind began.</summary>
    public int[] Counts { get; } = new int[Kinds];

    /// <summary>When <see cref="HandleDue"/> must next be called.</summary>
    public MonoTime? NextAt => _planned.TryPeek(out _, out var due) ? due.At : null;

    private SimSites<SimFlight> Ways => _town.World.Internet.Sites;

    private MonoTime Now => _town.World.Now;

    /// <summary>Plans so many harms within a span from now on.</summary>
    public void Plan(int count, TimeSpan within)
    {
        for (var i = 0; i < count; i++)
        {
            var harm = (MeshHarm)_random.Between(0, Kinds - 1);
            At(_random.Between(TimeSpan.Zero, within), () => Begin(harm));
        }
    }

    public void HandleDue()
    {
        while (_planned.TryPeek(out var next, out var due) && due.At <= Now)
        {
            _planned.Dequeue();
            next.Act();
        }
    }

    /// <summary>Ends everything: what is down comes back, what is cut is mended, nothing is lost on the way any more.</summary>
    public void Heal()
    {
        while (_planned.TryDequeue(out var planned, out _))
        {
            if (planned.IsEnd)
            {
                planned.Act();
            }
        }

        _town.Heal();
        _note("all is mended");
    }

    private void Begin(MeshHarm harm)
    {
        Counts[(int)harm]++;
        switch (harm)
        {
            case MeshHarm.RelayCut:
                CutOff(AnyRelay().Host.Place);
                break;
            case MeshHarm.RelayRestarts:
                Restart(AnyRelay());
                break;
            case MeshHarm.CutBetween:
                CutBetween(AnyHome().Site, AnyHome().Site, bothWays: true);
                break;
            case MeshHarm.CutOneWay:
                CutBetween(AnyHome().Site, _random.Chance(50) ? AnyHome().Site : AnyRelay().Host.Place.Site, bothWays: false);
                break;
            case MeshHarm.Flapping:
                Flap(AnyHome().Site, _random.Chance(50) ? AnyHome().Site : AnyRelay().Host.Place.Site, Now + HowLong());
                break;
            case MeshHarm.SiteCut:
                CutOff(AnyHome().Node.Host.Place);
                break;
            case MeshHarm.Partition:
                Part();
                break;
            case MeshHarm.NatReboots:
                RebootNat(AnyHome());
                break;
            case MeshHarm.NodeMoves:
                Move(AnyHome());
                break;
            case MeshHarm.NodeRestarts:
                Restart(AnyHome().Node);
                break;
            case MeshHarm.NodeSleeps:
                Sleep(AnyHome().Node);
                break;
            case MeshHarm.ClockJumps:
                Jump(_random.Chance(20) ? AnyRelay() : AnyHome().Node);
                break;
            default:
                LoseMuch(AnyHome().Site);
                break;
        }
    }

    private void CutOff(SimPlace place)
    {
        var (site, span) = (place.Site, HowLong());
        Say($"{place.Name} is cut off for {span.TotalSeconds:0.0} s");
        Ways.CutSite(site);
        End(span, () => Ways.CutSite(site, isCut: false));
    }

    /// <summary>Killed now; what is sent to it meanwhile is lost.</summary>
    private void Restart(NatNode node)
    {
        var span = _random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(8));
        if (node.IsAsleep)
        {
            return;
        }

        Say($"{node.Host.Place.Name} is killed, and started again after {span.TotalSeconds:0.0} s");
        node.IsAsleep = true;
        End(span, () =>
        {
            node.IsAsleep = false;
            node.Restart(Now);
            Say($"{node.Host.Place.Name} is started again");
        });
    }

    private void Sleep(NatNode node)
    {
        var (span, isTold) = (HowLong(), _random.Chance(50));
        if (node.IsAsleep)
        {
            return;
        }

        Say($"{node.Host.Place.Name} sleeps for {span.TotalSeconds:0.0} s");
        node.IsAsleep = true;
        End(span, () =>
        {
            node.IsAsleep = false;
            node.HandleMoved(isTold, Now);
            Say($"{node.Host.Place.Name} wakes");
        });
    }

    private void CutBetween(int from, int to, bool bothWays)
    {
        var span = HowLong();
        Say($"site {from} to site {to}{(bothWays ? " and back" : string.Empty)} is cut for {span.TotalSeconds:0.0} s");
        Cut([(from, to)], bothWays, span);
    }

    private void Cut(List<(int From, int To)> ways, bool bothWays, TimeSpan span)
    {
        SetCut(ways, bothWays, isCut: true);
        End(span, () => SetCut(ways, bothWays, isCut: false));
    }

    private void SetCut(List<(int From, int To)> ways, bool bothWays, bool isCut)
    {
        foreach (var (from, to) in ways)
        {
            Ways.Cut(from, to, isCut);
            if (bothWays)
            {
                Ways.Cut(to, from, isCut);
            }
        }
    }

    private void Flap(int from, int to, MonoTime until)
    {
        var down = _random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1_500));
        Say($"site {from} and site {to} are apart for {down.TotalMilliseconds:0} ms");
        Cut([(from, to)], bothWays: true, down);
        if (Now < until)
        {
            At(down + _random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1_500)), () => Flap(from, to, until));
        }
    }

    private void Part()
    {
        var sites = _town.Homes.Select(home => home.Site).Concat(_town.World.Relays.Select(relay => relay.Host.Place.Site)).Distinct();
        var halves = sites.ToLookup(_ => _random.Chance(50));
        var span = HowLong();
        Say($"sites {string.Join(' ', halves[true])} are parted from {string.Join(' ', halves[false])} for {span.TotalSeconds:0.0} s");
        Cut([.. halves[true].SelectMany(_ => halves[false], (from, to) => (from, to))], _random.Chance(75), span);
    }

    private void RebootNat(MeshHome home)
    {
        Say($"the boxes of {home} lose their mappings");
        foreach (var box in home.Boxes)
        {
            box.Box!.Restart();
        }
    }

    private void Move(MeshHome home)
    {
        var isNoticed = _random.Chance(70);
        if (home.Node.IsAsleep)
        {
            return;
        }

        _town.Move(home, isNoticed);
        Say($"{home} has moved to site {home.Site}{(isNoticed ? string.Empty : " and was not told")}");
    }

    private void Jump(NatNode node)
    {
        node.ClockSkew = _random.Between(-LargestSkew, LargestSkew);
        Say($"the clock of {node.Host.Place.Name} jumps to {node.ClockSkew.TotalSeconds:0} s ahead");
    }

    private void LoseMuch(int site)
    {
        var (span, percent) = (HowLong(), _random.Between(5, 50));
        Say($"{percent} % are lost to and from site {site} for {span.TotalSeconds:0.0} s");
        _town.Worsen(site, percent);
        End(span, () => _town.Worsen(site, 0));
    }

    /// <summary>Mostly seconds; sometimes longer than a tunnel is waited for.</summary>
    private TimeSpan HowLong() => _random.Chance(90)
        ? _random.Between(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(10))
        : _random.Between(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(45));

    private MeshHome AnyHome() => _town.Homes[_random.Between(0, _town.Homes.Count - 1)];

    private NatNode AnyRelay() => _town.World.Relays[_random.Between(0, _town.World.Relays.Count - 1)];

    private void At(TimeSpan after, Action act) => _planned.Enqueue((act, false), (Now + after, _order++));

    private void End(TimeSpan after, Action act) => _planned.Enqueue((act, true), (Now + after, _order++));

    private void Say(FormattableString what) => _note(FormattableString.Invariant(what));
}
