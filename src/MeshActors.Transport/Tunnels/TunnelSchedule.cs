using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Which tunnels are to be woken, and when, which may have to send, and which may have something to tell.</summary>
internal sealed class TunnelSchedule
{
    private readonly Deadlines<Tunnel> _deadlines = new();
    private readonly List<Tunnel> _due = [];

    /// <summary>Tunnels that may have to send.</summary>
    public TunnelQueue ToSend { get; } = new();

    /// <summary>Tunnels that may have something to tell.</summary>
    public TunnelQueue ToTell { get; } = new();

    /// <summary>When the next tunnel is to be woken, or null when none is.</summary>
    public MonoTime? Next => _deadlines.Next;

    /// <summary>Something was done to a tunnel.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="known">False when the table has forgotten it: it may only tell what is left.</param>
    public void Touch(Tunnel tunnel, bool known)
    {
        if (known)
        {
            ToSend.Add(tunnel);
        }

        ToTell.Add(tunnel);
        Arm(tunnel, known);
    }

    /// <summary>Notes when a tunnel wants to be woken; one that was forgotten never.</summary>
    public void Arm(Tunnel tunnel, bool known) => _deadlines.Set(tunnel, known ? tunnel.NextTimeout : null);

    /// <summary>All tunnels that are due, each once: one that has something to send stays due until it was polled for it.</summary>
    /// <returns>Valid until the next call.</returns>
    public List<Tunnel> TakeDue(MonoTime now)
    {
        _due.Clear();
        while (_deadlines.TryTakeDue(now, out var tunnel))
        {
            _due.Add(tunnel);
        }

        return _due;
    }
}
