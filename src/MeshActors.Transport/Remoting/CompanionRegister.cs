using System.Collections.Generic;
using System.Threading;
using MeshActors.Transport.Io;

namespace MeshActors.Transport.Remoting;

/// <summary>Which association a companion belongs to: by the number that this node gave it, in the tunnel that it is in.</summary>
/// <remarks>
/// Numbers count up and are never used again while the node runs, so that a companion that comes late joins no other association; when they are used up, associations get 0, which none can be called by.
/// Bounded by the associations there are. Thread-safe.
/// </remarks>
internal sealed class CompanionRegister
{
    private readonly Lock _turn = new();
    private readonly Dictionary<uint, AssociationStream> _associations = [];
    private uint _last;

    /// <param name="last">The number given last; 0 but in tests.</param>
    public CompanionRegister(uint last = 0)
    {
        _last = last;
    }

    /// <summary>Gives an association its number, which the peer is told.</summary>
    public uint Add(AssociationStream association)
    {
        lock (_turn)
        {
            if (_last == uint.MaxValue)
            {
                return 0;
            }

            _associations.Add(++_last, association);
            return _last;
        }
    }

    public void Remove(uint number)
    {
        lock (_turn)
        {
            _associations.Remove(number);
        }
    }

    /// <summary>The association that a peer calls by a number in its tunnel; null when there is none, or it is another peer's.</summary>
    public AssociationStream? Find(MeshTunnel tunnel, uint number)
    {
        lock (_turn)
        {
            return _associations.TryGetValue(number, out var found) && found.IsIn(tunnel) ? found : null;
        }
    }
}
