using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Where a table keeps one of its tunnels: written by the table and its schedule alone, so that nothing is ever searched for.</summary>
internal sealed class TunnelPlace : IDeadlineOwner
{
    public TunnelPlace(Tunnel tunnel)
    {
        Tunnel = tunnel;
    }

    public Tunnel Tunnel { get; }

    int IDeadlineOwner.HeapSlot { get; set; } = -1;

    /// <summary>The tunnel's index in the table's list; −1 when the table has forgotten it.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Waits for its turn to send.</summary>
    public bool IsToSend { get; set; }

    /// <summary>Changes of the path in use that have been told of.</summary>
    public int SwitchesTold { get; set; }

    /// <summary>Waits to be asked for its events.</summary>
    public bool IsToTell { get; set; }
}
