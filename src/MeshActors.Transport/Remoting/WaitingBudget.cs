using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace MeshActors.Transport.Remoting;

/// <summary>Bounds the memory of what waits for its turn in the associations of a node, one by one and together.</summary>
/// <remarks>
/// The windows of streams hold peers back long before, but many tiny messages take more memory than they have bytes, and many peers have many windows. At the bound of one association that one must end; at
/// the bound of the node the one in which most waits, so that nobody can use up what others need. Thread-safe.
/// </remarks>
/// <typeparam name="TOwner">In whose association it waits.</typeparam>
internal sealed class WaitingBudget<TOwner>
    where TOwner : class
{
    /// <summary>What a message takes beside its bytes, about: its object, and places in queues.</summary>
    public const int OverheadBytes = 128;

    /// <summary>Of one association: more than two streams whose windows have grown to the most, and messages of 64 bytes, come to.</summary>
    public const long MostOfOne = 96L * 1024 * 1024;

    /// <summary>Of all associations of the node.</summary>
    public const long Most = 256L * 1024 * 1024;

    private readonly Lock _turn = new();
    private readonly Dictionary<TOwner, long> _bytes = [];
    private long _all;

    /// <summary>A message begins to wait.</summary>
    /// <returns>Who must end for it; null when there is room.</returns>
    public TOwner? Add(TOwner owner, int messageBytes)
    {
        lock (_turn)
        {
            var cost = messageBytes + OverheadBytes;
            var bytes = _bytes[owner] = _bytes.GetValueOrDefault(owner) + cost;
            _all += cost;
            var tooMuch = bytes > MostOfOne ? owner
                : _all > Most ? _bytes.MaxBy(share => share.Value).Key
                : null;
            if (tooMuch is not null)
            {
                Forget(tooMuch);
            }

            return tooMuch;
        }
    }

    /// <summary>A message waits no more; nothing when its association had to end.</summary>
    public void Remove(TOwner owner, int messageBytes)
    {
        lock (_turn)
        {
            if (_bytes.TryGetValue(owner, out var bytes))
            {
                _bytes[owner] = bytes - messageBytes - OverheadBytes;
                _all -= messageBytes + OverheadBytes;
            }
        }
    }

    /// <summary>The association has ended.</summary>
    public void RemoveAll(TOwner owner)
    {
        lock (_turn)
        {
            Forget(owner);
        }
    }

    private void Forget(TOwner owner)
    {
        _bytes.Remove(owner, out var bytes);
        _all -= bytes;
    }
}
