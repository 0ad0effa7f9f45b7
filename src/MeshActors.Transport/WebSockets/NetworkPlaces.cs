using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.WebSockets;

/// <summary>Bounds how many connections others have open: in all, and from one network.</summary>
internal sealed class NetworkPlaces
{
    private readonly ConnectionSettings _settings;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, int> _taken = [];
    private int _all;

    public NetworkPlaces(ConnectionSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Takes a place for a connection from a network.</summary>
    public bool TryTake(ulong network)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(network);
            if (_all >= _settings.MaxAccepted || taken >= _settings.MaxFromOneNetwork)
            {
                return false;
            }

            _all++;
            _taken[network] = taken + 1;
            return true;
        }
    }

    public void Return(ulong network)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[network] == 0)
            {
                _taken.Remove(network);
            }
        }
    }
}
