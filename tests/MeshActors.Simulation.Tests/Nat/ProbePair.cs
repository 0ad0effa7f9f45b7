using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Two probers that tell each other all they know, and a server that tells them where it sees them.</summary>
internal sealed class ProbePair
{
    private const ushort ServerPort = 3_478;
    private const ushort SomePort = 9;
    private const int ClosingRounds = 4;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(10);

    private readonly SimInternet _internet;
    private readonly SimHost _server;
    private readonly UdpEndpoint _serverEndpoint;
    private readonly Prober[] _sides;
    private readonly int _steps;
    private MonoTime _now = new(0);

    public ProbePair(ulong seed, NatAccess a, NatAccess b, int shared)
    {
        var random = new SimRandom(seed);
        _internet = new SimInternet(SimLink.Perfect, random.Split());
        var around = new SimNeighbourhood(_internet, random.Split());
        _server = around.Connect("server", 2, NatAccess.Open);
        _server.Open(ServerPort);
        _serverEndpoint = new UdpEndpoint(_server.Interfaces[0].Address, ServerPort);

        // Behind one box each side's next mapping comes after one of the other's.
        _steps = shared > 0 ? 2 : 1;
        var segment = around.Build("shared", 0, a.Boxes[^shared..], _internet.Public);
        _sides =
        [
            new Prober(Put(around, "a", 0, a, shared, segment), a),
            new Prober(Put(around, "b", shared > 0 ? 0 : 1, b, shared, segment), b),
        ];
    }

    /// <summary>Plays a plan.</summary>
    /// <returns>True when both hear each other in the end, and go on to.</returns>
    public bool Play(ProbePlan plan)
    {
        foreach (var side in _sides)
        {
            side.Reflexive = Ask(side, side.Socket);
        }

        foreach (var phase in plan.Phases)
        {
            Play(phase.A, phase.B);
        }

        for (var round = 0; round < ClosingRounds; round++)
        {
            Repeat();
        }

        return _sides[0].HeardLately && _sides[1].HeardLately;
    }

    private static SimHost Put(SimNeighbourhood around, string name, int site, NatAccess access, int shared, SimSegment segment)
    {
        if (shared == 0)
        {
            return around.Connect(name, site, access);
        }

        var inside = around.Build(name, site, access.Boxes[..^shared], segment);
        return around.Put(name, site, access, inside);
    }

    private void Play(ProbeAction a, ProbeAction b)
    {
        foreach (var side in _sides)
        {
            var sample = side.OpenSocket();
            side.Sample = (Ask(side, sample), sample);
            side.Sends.Clear();
        }

        Choose(_sides[0], a);
        Choose(_sides[1], b);
        _sides[0].Sends.AddRange(Targets(_sides[0], _sides[1], a.Target).Select(to => (_sides[0].Socket, to)));
        _sides[1].Sends.AddRange(Targets(_sides[1], _sides[0], b.Target).Select(to => (_sides[1].Socket, to)));
        Send(_sides[0]);
        Send(_sides[1]);
        Send(_sides[0]);
    }

    private static void Choose(Prober side, ProbeAction action) =>
        side.Socket = action.Fresh ? side.OpenSocket() : side.Socket;

    private IEnumerable<UdpEndpoint> Targets(Prober from, Prober to, ProbeTarget target) => target switch
    {
        ProbeTarget.Heard => from.Heard.Count == 0 ? [] : [from.Heard[^1].From],
        ProbeTarget.Reflexive => [to.Reflexive],
        ProbeTarget.Next => [to.Foretell(to.Socket, _steps)],
        ProbeTarget.Somewhere => [to.Reflexive with { Port = SomePort }],
        ProbeTarget.Host => [new UdpEndpoint(to.Host.Interfaces[0].Address, to.Socket)],
        _ => to.AllPorts(),
    };

    /// <summary>Sends once more what was sent last, and an answer to everything that was heard.</summary>
    private void Repeat()
    {
        foreach (var side in _sides)
        {
            side.HeardLately = false;
        }

        foreach (var side in _sides)
        {
            Send(side);
            foreach (var (socket, from) in side.Heard.ToList())
            {
                _internet.Send(side.Host, socket, from, side.Name, _now);
            }

            Pass();
        }
    }

    private void Send(Prober side)
    {
        foreach (var (socket, to) in side.Sends.Where(send => send.To.Port != 0))
        {
            _internet.Send(side.Host, socket, to, side.Name, _now);
        }

        Pass();
    }

    private UdpEndpoint Ask(Prober side, ushort socket)
    {
        UdpEndpoint seen = default;
        _internet.Send(side.Host, socket, _serverEndpoint, side.Name, _now);
        Pass(datagram => seen = datagram.From);
        return seen;
    }

    /// <summary>Lets time go by until all that was sent has arrived.</summary>
    private void Pass(Action<SimDatagram>? atServer = null)
    {
        _now += Round;
        while (_internet.TryReceive(_now, out var datagram))
        {
            if (datagram.Host == _server)
            {
                atServer?.Invoke(datagram);
                continue;
            }

            var side = _sides[0].Host == datagram.Host ? _sides[0] : _sides[1];
            if (datagram.Bytes.Span.SequenceEqual(side.Name))
            {
                // Addresses of homes are the same in all of them: it sent to itself.
                continue;
            }

            side.HeardLately = true;
            if (!side.Heard.Contains((datagram.At.Port, datagram.From)))
            {
                side.Heard.Add((datagram.At.Port, datagram.From));
            }
        }
    }
}
