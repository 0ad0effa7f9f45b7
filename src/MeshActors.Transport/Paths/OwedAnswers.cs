using System.Collections.Generic;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Paths;

/// <summary>Challenges of the peer that were not answered yet, in the order they came.</summary>
internal sealed class OwedAnswers
{
    /// <summary>Challenges beyond get no answer, and come again.</summary>
    public const int Most = 8;

    private readonly Queue<(UdpEndpoint To, ulong Token)> _owed = new();

    public bool HasAny => _owed.Count > 0;

    public void Add(UdpEndpoint to, ulong token)
    {
        if (_owed.Count < Most)
        {
            _owed.Enqueue((to, token));
        }
    }

    /// <summary>Takes the oldest.</summary>
    /// <param name="to">Where the challenge came from.</param>
    /// <param name="token">What it said.</param>
    public bool TryTake(out UdpEndpoint to, out ulong token)
    {
        var has = _owed.TryDequeue(out var owed);
        (to, token) = owed;
        return has;
    }
}
