using System;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>What the cache knows about one peer, whatever it was asked for.</summary>
internal sealed class CachedPeer
{
    /// <summary>Who was handed out as the first choice is probably about to get a task; so long that counts as load.</summary>
    private static readonly TimeSpan HandOutCounts = TimeSpan.FromMilliseconds(200);

    private int _handedOut;
    private MonoTime _handedOutAt;

    public CachedPeer(PeerRecord peer)
    {
        Peer = peer;
        Health = PeerHealth.Unknown(peer.Address);
    }

    /// <summary>As the directory named it last.</summary>
    public PeerRecord Peer { get; set; }

    public PeerHealth Health { get; set; }

    /// <summary>Questions whose answers name it; at zero it is forgotten.</summary>
    public int NamedBy { get; set; }

    /// <summary>Tasks of this node that run there.</summary>
    public int Running { get; private set; }

    /// <summary>Until when it comes after others because it refused a task.</summary>
    public MonoTime BusyUntil { get; private set; } = new(long.MinValue);

    /// <summary>Tasks there, and those that are probably on their way.</summary>
    public int Load(MonoTime now) => Running + (now - _handedOutAt < HandOutCounts ? _handedOut : 0);

    public void HandleHandedOut(MonoTime now)
    {
        _handedOut = now - _handedOutAt < HandOutCounts ? _handedOut + 1 : 1;
        _handedOutAt = now;
    }

    public void HandleSent()
    {
        Running++;
        _handedOut = Math.Max(0, _handedOut - 1);
    }

    public void HandleEnded(bool refused, MonoTime now)
    {
        Running = Math.Max(0, Running - 1);
        if (refused)
        {
            BusyUntil = now + PeerCacheSettings.RefusalPenalty;
        }
    }
}
