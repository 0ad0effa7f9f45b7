using System.Collections.Generic;

namespace MeshActors.Transport.Tunnels;

/// <summary>Tunnels that wait for their turn, each at most once, first come first served.</summary>
internal sealed class TunnelQueue
{
    private readonly Queue<Tunnel> _order = new();
    private readonly HashSet<Tunnel> _waiting = [];

    public int Count => _order.Count;

    public void Add(Tunnel tunnel)
    {
        if (_waiting.Add(tunnel))
        {
            _order.Enqueue(tunnel);
        }
    }

    public bool TryPeek(out Tunnel tunnel) => _order.TryPeek(out tunnel!);

    public bool TryTake(out Tunnel tunnel)
    {
        if (!_order.TryDequeue(out tunnel!))
        {
            return false;
        }

        _waiting.Remove(tunnel);
        return true;
    }
}
