using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Mesh;

/// <summary>Who talks to whom in a mesh: opens tunnels that are wanted and not there, as programs do that have something to say.</summary>
internal sealed class MeshTalks
{
    /// <summary>Peers that each node talks to from the start.</summary>
    private const int PeersAtFirst = 3;

    private readonly MeshTown _town;
    private readonly List<(MeshHome From, MeshHome To)> _wanted = [];

    public MeshTalks(MeshTown town, SimRandom random)
    {
        _town = town;
        foreach (var home in town.Homes)
        {
            for (var i = 0; i < PeersAtFirst; i++)
            {
                var peer = town.Homes[random.Between(0, town.Homes.Count - 1)];
                if (peer != home && !_wanted.Contains((home, peer)))
                {
                    _wanted.Add((home, peer));
                }
            }
        }
    }

    /// <summary>Whether nobody says anything.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Everybody wants to talk to everybody, whom one of the two has to open a tunnel for.</summary>
    public void WantAll()
    {
        for (var from = 0; from < _town.Homes.Count; from++)
        {
            for (var to = from + 1; to < _town.Homes.Count; to++)
            {
                var (a, b) = (_town.Homes[from], _town.Homes[to]);
                if (!_wanted.Contains((a, b)) && !_wanted.Contains((b, a)))
                {
                    _wanted.Add((a, b));
                }
            }
        }
    }

    /// <summary>Opens what is wanted and not there; tells failed ones where a directory says that the peer is.</summary>
    public void Tend()
    {
        if (IsPaused)
        {
            return;
        }

        var world = _town.World;
        foreach (var (from, to) in _wanted)
        {
            if (!from.Node.IsAsleep && !to.Node.Record.Relays.IsEmpty && (Find(from, to) is not { } talk || talk.Tunnel.State == TunnelState.Failed))
            {
                from.Node.Open(to.Node, early: false, world.Now, world.UtcNow);
            }
        }
    }

    public void Pause(bool isPaused)
    {
        IsPaused = isPaused;
        foreach (var talk in _town.Homes.SelectMany(home => home.Node.Talks.Values))
        {
            talk.IsPaused = isPaused;
        }
    }

    /// <summary>The talk of a node with another one, null when there is none.</summary>
    public static NatTalk? Find(MeshHome from, MeshHome to)
    {
        foreach (var talk in from.Node.Talks.Values)
        {
            if (talk.Tunnel.Peer.Root == to.Node.Identity.Root)
            {
                return talk;
            }
        }

        return null;
    }

    /// <summary>All pairs of which one has not heard the other since then.</summary>
    public IEnumerable<(MeshHome From, MeshHome To)> Unheard(MonoTime since) =>
        from a in _town.Homes
        from b in _town.Homes
        where a != b && !(Find(a, b) is { Heard: > 0 } talk && talk.LastHeardAt > since)
        select (b, a);

    /// <summary>All pairs that could talk directly and do not, as far as the one who sends is concerned.</summary>
    public IEnumerable<(MeshHome From, MeshHome To)> NotDirect() =>
        from a in _town.Homes
        from b in _town.Homes
        where a != b && MustBeDirect(a, b) && Find(a, b)?.Tunnel.Path?.Path.Kind != PathKind.Direct
        select (a, b);

    /// <summary>NATs that count up are not held to it: beside traffic to others their next port is found by asking for it, which nodes do not do yet.</summary>
    private static bool MustBeDirect(MeshHome a, MeshHome b) => MeshTown.Oracle(a, b) == DirectPath.Yes
        && a.Kind != NatKinds.SequentialSymmetric && b.Kind != NatKinds.SequentialSymmetric;

    /// <summary>A line that goes on and was not heard to its end, null when all were.</summary>
    public string? Lost()
    {
        foreach (var home in _town.Homes)
        {
            foreach (var line in home.Node.Lines.Said)
            {
                var heard = _town.Homes.Sum(other => other.Node.Lines.HeardOf(line.Id));
                if (heard > line.Said || (heard < line.Said && !line.IsOver))
                {
                    return $"{home.Name} said {line.Said} numbers of line {line.Id:x}, {heard} were heard";
                }
            }
        }

        return null;
    }
}
