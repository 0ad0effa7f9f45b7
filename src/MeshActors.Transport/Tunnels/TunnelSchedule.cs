using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Which tunnels are to be woken, and when, which may have to send, and which may have something to tell.</summary>
/// <remarks>
/// Tunnels send by turns of up to <see cref="DatagramsPerTurn"/>: so many leave the system in one call, and no tunnel waits longer for the
/// others. When a tunnel wants to be woken is asked once, after its turn, however much happened to it before.
/// </remarks>
internal sealed class TunnelSchedule
{
    /// <summary>Datagrams of one tunnel before the next tunnel has its turn.</summary>
    public const int DatagramsPerTurn = 64;

    private readonly Deadlines<TunnelPlace> _deadlines = new();
    private readonly List<Tunnel> _due = [];
    private readonly Queue<Tunnel> _toSend = new();
    private readonly Queue<Tunnel> _toTell = new();
    private int _turn;

    /// <summary>When the next tunnel is to be woken, or null when none is; true only when <see cref="HasToSend"/> is not.</summary>
    public MonoTime? Next => _deadlines.Next;

    /// <summary>True when tunnels may have to send.</summary>
    public bool HasToSend => _toSend.Count > 0;

    /// <summary>True when tunnels may have something to tell.</summary>
    public bool HasToTell => _toTell.Count > 0;

    /// <summary>Something was done to a tunnel. One that the table has forgotten may only tell what is left.</summary>
    public void Touch(Tunnel tunnel)
    {
        if (tunnel.Place.Index < 0)
        {
            _deadlines.Set(tunnel.Place, null);
        }
        else if (!tunnel.Place.IsToSend)
        {
            tunnel.Place.IsToSend = true;
            _toSend.Enqueue(tunnel);
        }

        Tell(tunnel);
    }

    /// <summary>All tunnels that are due, each once: one that has something to send stays due until it was polled for it.</summary>
    /// <returns>Valid until the next call.</returns>
    public List<Tunnel> TakeDue(MonoTime now)
    {
        _due.Clear();
        while (_deadlines.TryTakeDue(now, out var place))
        {
            _due.Add(place.Tunnel);
        }

        return _due;
    }

    /// <summary>Hands out the next datagram of the tunnel whose turn it is.</summary>
    /// <returns>Its length, 0 when no tunnel has to send now.</returns>
    public int PollTransmit(TunnelFence fence, Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        while (_toSend.TryPeek(out var tunnel))
        {
            if (tunnel.Place.Index < 0)
            {
                EndTurn(_toSend.Dequeue(), hasMore: false);
                continue;
            }

            var state = tunnel.State;
            var length = fence.PollTransmit(tunnel, destination, out transmit, now);
            if (tunnel.State != state)
            {
                Tell(tunnel);
            }

            _turn++;
            if (length == 0 || _turn == DatagramsPerTurn)
            {
                EndTurn(_toSend.Dequeue(), hasMore: length > 0);
            }

            if (length > 0)
            {
                return length;
            }
        }

        transmit = default;
        return 0;
    }

    /// <summary>Hands out the next tunnel whose events are to be polled, all of them.</summary>
    public bool PollTunnel(out Tunnel tunnel)
    {
        if (!_toTell.TryDequeue(out tunnel!))
        {
            return false;
        }

        tunnel.Place.IsToTell = false;
        return true;
    }

    private void Tell(Tunnel tunnel)
    {
        if (!tunnel.Place.IsToTell)
        {
            tunnel.Place.IsToTell = true;
            _toTell.Enqueue(tunnel);
        }
    }

    private void EndTurn(Tunnel tunnel, bool hasMore)
    {
        _turn = 0;
        tunnel.Place.IsToSend = hasMore;
        if (hasMore)
        {
            _toSend.Enqueue(tunnel);
        }

        _deadlines.Set(tunnel.Place, tunnel.Place.Index < 0 ? null : tunnel.NextTimeout);
    }
}
