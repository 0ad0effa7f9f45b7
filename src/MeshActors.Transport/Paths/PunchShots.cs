using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>When a node sends which of its datagrams of one attempt: in rounds, from its sockets and to its targets in turn, at most 200 a second.</summary>
/// <remarks>
/// A round that fits leaves at once, since ports of a counter are given out while it lasts. A longer one leaves one datagram every 5 ms; the first round of many
/// sockets opens mappings and needs to come no further.
/// </remarks>
internal sealed class PunchShots
{
    /// <summary>Between two datagrams of a round that does not leave at once.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(5);

    /// <summary>Between rounds that leave at once.</summary>
    public static readonly TimeSpan RoundGap = TimeSpan.FromMilliseconds(100);

    /// <summary>Rounds that leave at once: who begins later than the other still meets it.</summary>
    public const int ShortRounds = 4;

    /// <summary>Routers that openers may pass: those of this side.</summary>
    public const byte OpenerHops = 4;

    private const int OpenerRounds = 2;

    private readonly int[] _sockets;
    private readonly UdpEndpoint[] _targets;
    private readonly int _rounds;
    private readonly int _perRound;
    private readonly bool _isShort;
    private MonoTime _at;
    private int _round;
    private int _next;

    /// <param name="sockets">Numbers of the side sockets to send from; empty for the first socket.</param>
    /// <param name="targets">At least one.</param>
    /// <param name="start">When the first one leaves.</param>
    public PunchShots(int[] sockets, UdpEndpoint[] targets, MonoTime start)
    {
        _sockets = sockets;
        _targets = targets;
        _perRound = Math.Max(sockets.Length, targets.Length);
        _isShort = _perRound <= PunchPlan.Window;
        _rounds = _isShort ? ShortRounds : sockets.Length > 1 ? OpenerRounds : 1;
        _at = start;
    }

    /// <summary>When <see cref="TryNext"/> has something to hand out; null when there is nothing left.</summary>
    public MonoTime? NextTimeout => _round < _rounds ? _at : null;

    /// <summary>True when every mapping that this side needs has been made.</summary>
    public bool HasOpened => _round > 0;

    /// <summary>Datagrams handed out.</summary>
    public int Sent { get; private set; }

    /// <summary>Sends nothing any more.</summary>
    public void Stop() => _round = _rounds;

    /// <summary>Hands out the next one that is due.</summary>
    /// <param name="socket">Number of the side socket it leaves from; null for the first socket.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="hops">Routers that it may pass; 0 for what the system sends with.</param>
    /// <param name="now">The present.</param>
    public bool TryNext(out int? socket, out UdpEndpoint to, out byte hops, MonoTime now)
    {
        (socket, to, hops) = (null, default, 0);
        if (_round >= _rounds || now < _at)
        {
            return false;
        }

        socket = _sockets.Length == 0 ? null : _sockets[_next % _sockets.Length];
        to = _targets[_next % _targets.Length];
        hops = !_isShort && _sockets.Length > 1 && _round == 0 ? OpenerHops : (byte)0;
        Sent++;
        if (++_next == _perRound)
        {
            _next = 0;
            _round++;
            _at = _isShort ? now + RoundGap : now + Gap;
        }
        else if (!_isShort)
        {
            // Measured from the present: time that was missed is not made good by a burst.
            _at = now + Gap;
        }

        return true;
    }
}
