using System.Collections.Generic;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Tunnels;

/// <summary>Which tunnel, and which session of it, an inbound connection id belongs to.</summary>
/// <remarks>Ids are random, never 0 and never in use twice. An attempt of ours holds one before there is a session.</remarks>
internal sealed class ConnectionIds
{
    private readonly Dictionary<ulong, (Tunnel Tunnel, TunnelSession? Session)> _owners = [];
    private readonly IRandomSource _random;

    public ConnectionIds(IRandomSource random)
    {
        _random = random;
    }

    public int Count => _owners.Count;

    /// <summary>Draws an id for an attempt of a tunnel.</summary>
    public ulong Draw(Tunnel tunnel)
    {
        ulong id;
        do
        {
            id = _random.NextUInt64();
        }
        while (id == 0 || !_owners.TryAdd(id, (tunnel, null)));

        return id;
    }

    /// <summary>The session that an id drawn before leads to.</summary>
    public void Bind(ulong id, Tunnel tunnel, TunnelSession session) => _owners[id] = (tunnel, session);

    public void Release(ulong id) => _owners.Remove(id);

    /// <summary>Finds who gets a datagram; the session is null while our attempt is unanswered.</summary>
    public bool TryFind(ulong id, out Tunnel tunnel, out TunnelSession? session)
    {
        var found = _owners.TryGetValue(id, out var owner);
        (tunnel, session) = owner;
        return found;
    }
}
