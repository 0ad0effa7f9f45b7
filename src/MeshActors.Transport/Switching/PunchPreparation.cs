using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>What a node does before it says that it is ready: opens the sockets that it needs, and looks at its counter when it has one.</summary>
/// <remarks>
/// The look: two fresh sockets ask one relay, one right after the other. The difference of what they are told is the step, and the second one, which has sent to nobody else, is the socket
/// whose next new destination gets the port after its own.
/// </remarks>
internal sealed class PunchPreparation
{
    /// <summary>Sockets that look.</summary>
    private const int Looks = 2;

    private static readonly StunPatience Patience = new(TimeSpan.FromMilliseconds(250), MaxSends: 3, FinalWaitFactor: 2);
    private static readonly TimeSpan OpeningTime = TimeSpan.FromSeconds(1);

    private readonly SideSockets _sides;
    private readonly StunClients _stun;
    private readonly PunchTechnique _technique;
    private readonly PunchPorts _before;
    private readonly UdpEndpoint? _relay;
    private readonly int[] _all;
    private readonly int _looks;
    private readonly UdpEndpoint[] _mapped = new UdpEndpoint[Looks];
    private readonly MonoTime _openUntil;
    private bool _hasAsked;

    /// <param name="technique">What is to be tried.</param>
    /// <param name="before">What is known of this node's ports.</param>
    /// <param name="relay">Whom to ask for the counter; null when there is none.</param>
    /// <param name="sides">Where sockets come from.</param>
    /// <param name="random">Names of questions.</param>
    /// <param name="now">The present.</param>
    public PunchPreparation(
        PunchTechnique technique, PunchPorts before, UdpEndpoint? relay, SideSockets sides, IRandomSource random, MonoTime now)
    {
        _technique = technique;
        _before = before;
        _relay = relay;
        _sides = sides;
        _stun = new StunClients(random);
        _openUntil = now + OpeningTime;
        _looks = before.Pattern == PunchPattern.Counting ? Looks : 0;
        var fan = _looks > 0 && technique == PunchTechnique.Birthday
            ? PunchPlan.FewSockets
            : PunchPlan.SocketsFor(technique, before);
        Ports = before;
        _all = new int[_looks + fan];
        for (var i = 0; i < _all.Length; i++)
        {
            if (!sides.TryOpen(out _all[i]))
            {
                _all.AsSpan(i).Fill(-1);
                Outcome = PunchOutcome.NoSockets;
                return;
            }
        }

        if (_looks > 0 && relay is null)
        {
            Outcome = PunchOutcome.NotForetold;
        }
    }

    /// <summary><see cref="PunchOutcome.UnderWay"/> until it is ready (<see cref="PunchOutcome.Waiting"/>) or cannot be.</summary>
    public PunchOutcome Outcome { get; private set; } = PunchOutcome.UnderWay;

    /// <summary>True when the counter must stand still from now until the first round is out.</summary>
    public bool LooksAtCounter => _looks > 0;

    /// <summary>What the peer is told; as of now when it is ready.</summary>
    public PunchPorts Ports { get; private set; }

    /// <summary>The side sockets to send from; empty for the first socket.</summary>
    public int[] Sockets => _technique == PunchTechnique.Predicted && _looks > 0 ? [_all[_looks - 1]] : _all[_looks..];

    /// <summary>All that were opened; −1 stands for none.</summary>
    public ReadOnlySpan<int> All => _all;

    public MonoTime? NextTimeout => Outcome != PunchOutcome.UnderWay ? null
        : _hasAsked ? _stun.NextTimeout
        : _openUntil;

    /// <summary>Looks at what has become of sockets and questions.</summary>
    public void HandleTimeout(MonoTime now)
    {
        if (Outcome != PunchOutcome.UnderWay)
        {
            return;
        }

        if (!_hasAsked)
        {
            Ask(now);
            return;
        }

        _stun.HandleTimeout(now);
        TakeResults();
    }

    /// <summary>Takes a datagram that looks like STUN and came to a side socket.</summary>
    /// <returns>False when it has nothing to do with this.</returns>
    public bool HandleAnswer(int side, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var isOurs = _stun.HandleDatagram(side + 1, from, datagram, now);
        TakeResults();
        return isOurs;
    }

    /// <summary>Hands out the next question.</summary>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        var length = _stun.PollTransmit(destination, out var socket, out to, now);
        to = length > 0 ? SocketEndpoint.Of(socket - 1, to) : to;
        return length;
    }

    /// <summary>Gives all sockets back; those that a path may name are closed when none does.</summary>
    public void Close(Func<int, bool> isNamed, MonoTime now)
    {
        foreach (var socket in _all)
        {
            if (socket < 0)
            {
                continue;
            }

            if (isNamed(socket))
            {
                _sides.LetGo(socket, now);
            }
            else
            {
                _sides.Close(socket);
            }
        }
    }

    private void Ask(MonoTime now)
    {
        var isLate = now >= _openUntil;
        foreach (var socket in _all)
        {
            if (!_sides.IsOpen(socket))
            {
                Outcome = isLate || _sides.StateOf(socket) == SideSocketState.Failed ? PunchOutcome.NoSockets : Outcome;
                return;
            }
        }

        _hasAsked = true;
        if (_looks == 0)
        {
            Outcome = PunchOutcome.Waiting;
            return;
        }

        for (var i = 0; i < Looks; i++)
        {
            _stun.TryAsk(new StunQuestion(_relay!.Value, _all[i] + 1) { Patience = Patience }, now, out _);
        }
    }

    private void TakeResults()
    {
        while (_stun.TryTakeResult(out var result))
        {
            if (result.Outcome != StunOutcome.Answered || !result.Mapped.IsIPv4)
            {
                Outcome = PunchOutcome.NotForetold;
                return;
            }

            _mapped[Array.IndexOf(_all, result.Question.Socket - 1, 0, Looks)] = result.Mapped;
        }

        if (_mapped[0].Port == 0 || _mapped[1].Port == 0 || Outcome != PunchOutcome.UnderWay)
        {
            return;
        }

        var step = StepOf(_mapped[0].Port, _mapped[1].Port, _before.Step);
        var counter = new PunchPorts(PunchPattern.Counting, _mapped[1], step ?? 0);
        Ports = _technique != PunchTechnique.Birthday ? counter
            : step is null ? PunchPlan.AnyPort(_mapped[1])
            : PunchPlan.AsBlock(counter);
        Outcome = Ports is { Pattern: PunchPattern.Counting, Step: 0 } ? PunchOutcome.NotForetold : PunchOutcome.Waiting;
    }

    /// <summary>The step that two ports show; that known before when they are several of it apart.</summary>
    private static int? StepOf(int first, int second, int before)
    {
        const int Ports = ushort.MaxValue + 1 - PunchPlan.LowestPort;
        var distance = second - first;
        distance = distance > Ports / 2 ? distance - Ports : distance < -Ports / 2 ? distance + Ports : distance;
        return distance == 0 || Math.Abs(distance) > PunchPorts.MostStep ? null
            : before != 0 && distance % before == 0 && distance / before > 0 ? before
            : distance;
    }
}
