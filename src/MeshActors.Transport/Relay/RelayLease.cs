using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Relay;

/// <summary>One client of a relay: its keys, where it is, what it may send, what it sent and got.</summary>
internal sealed class RelayLease : IDeadlineOwner
{
    private RelayBucket _bucket;

    public RelayLease(
        uint number,
        uint attempt,
        bool forwards,
        MeshAddress owner,
        RootKey root,
        RelayKeys keys,
        RelayRate rate,
        RelayWay? way,
        MonoTime now)
    {
        Number = number;
        Attempt = attempt;
        Forwards = forwards;
        Owner = owner;
        Root = root;
        Keys = keys;
        Way = way;
        Queue = new RelayQueue(this, null);
        _bucket = new RelayBucket(rate, now);
    }

    /// <summary>As both ends name it: the place among the leases below, and above what tells it from those before it there.</summary>
    public uint Number { get; }

    /// <summary>As its client named it when it asked.</summary>
    public uint Attempt { get; }

    /// <summary>True when the client is a relay and sends for its own clients.</summary>
    public bool Forwards { get; }

    /// <summary>Who holds it, and so the source of all it sends.</summary>
    public MeshAddress Owner { get; }

    public RootKey Root { get; }

    public RelayKeys Keys { get; }

    /// <summary>The number of the relay that holds it; null when it is held by no relay.</summary>
    public RelayWay? Way { get; }

    /// <summary>What waits for it.</summary>
    public RelayQueue Queue { get; }

    /// <summary>Where its tunnel has its validated path: the only place that anything is sent to.</summary>
    public UdpEndpoint Endpoint { get; set; }

    /// <summary>When it ends unless something verifies before.</summary>
    public MonoTime ExpiresAt { get; set; }

    /// <summary>Frames of it that were forwarded.</summary>
    public long SentFrames { get; set; }

    /// <summary>Bytes of the datagrams in them.</summary>
    public long SentBytes { get; set; }

    /// <summary>Frames of it that were dropped after they verified.</summary>
    public long DroppedFrames { get; set; }

    /// <summary>Frames that were sent to it.</summary>
    public long ReceivedFrames { get; set; }

    /// <summary>Bytes of the datagrams in them.</summary>
    public long ReceivedBytes { get; set; }

    public int HeapSlot { get; set; } = -1;

    /// <summary>Tells whether a frame could be taken; for the cheap refusal before its tag is computed.</summary>
    public bool Has(int bytes, MonoTime now) => _bucket.Has(bytes, now);

    /// <summary>Takes a frame out of its bucket.</summary>
    public bool TryTake(int bytes, MonoTime now) => _bucket.TryTake(bytes, now);
}
