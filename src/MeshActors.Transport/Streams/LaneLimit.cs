using System;

namespace MeshActors.Transport.Streams;

/// <summary>How many streams of one lane each side has opened and may open (RFC 9000, section 4.6).</summary>
internal sealed class LaneLimit
{
    private readonly int _open;
    private long _forgotten;

    /// <param name="initial">Streams either side may open from the start.</param>
    /// <param name="open">Streams the peer may have open at a time, at least <paramref name="initial"/>.</param>
    public LaneLimit(int initial, int open)
    {
        _open = open;
        Limit = PeerLimit = initial;
    }

    /// <summary>Number of the next stream opened here.</summary>
    public long NextHere { get; private set; }

    /// <summary>Streams this side may open in all, as the peer says.</summary>
    public long PeerLimit { get; private set; }

    /// <summary>Number of the lowest stream the peer has not opened.</summary>
    public long NextOfPeer { get; set; }

    /// <summary>Streams the peer may open in all, as it was told.</summary>
    public long Limit { get; private set; }

    public bool CanOpen => NextHere < PeerLimit;

    /// <summary>True when the peer should be told of a higher limit.</summary>
    public bool IsLimitDue => WantedLimit - Limit >= Math.Max(1, _open / 4);

    private long WantedLimit => Math.Max(Limit, _forgotten + _open);

    public long Open() => NextHere++;

    /// <summary>A lower limit than before says nothing.</summary>
    public void HandlePeerLimit(long limit) => PeerLimit = Math.Max(PeerLimit, limit);

    /// <summary>A stream that the peer opened is over.</summary>
    public void HandleForgotten() => _forgotten++;

    /// <summary>The wanted limit becomes the one the peer knows.</summary>
    public long RaiseLimit() => Limit = WantedLimit;
}
