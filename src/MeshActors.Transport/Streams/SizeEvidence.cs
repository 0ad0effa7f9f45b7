using MeshActors.Transport.Congestion;

namespace MeshActors.Transport.Streams;

/// <summary>What acknowledgements and losses say about the size of datagrams: what became of a probe, and whether the path swallows large ones.</summary>
/// <remarks>
/// A path swallows large datagrams when some in a row are lost while smaller ones that left after them arrive (RFC 8899, section 4.3). A large one that arrives, or of which
/// nothing is known yet, clears the path of that: congestion and outages lose all sizes alike.
/// </remarks>
internal sealed class SizeEvidence
{
    /// <summary>Large datagrams in a row that must be lost.</summary>
    public const int LostForBlackHole = 3;

    private ulong? _probe;
    private bool? _fate;
    private ulong _nextLarge;
    private int _lost;
    private bool _isUndecided;

    /// <summary>True when all large datagrams of late are lost, at least <see cref="LostForBlackHole"/>, though smaller ones arrived.</summary>
    public bool IsBlackHole => _lost >= LostForBlackHole && !_isUndecided;

    /// <summary>A probe was sent, the only one under way.</summary>
    public void HandleProbeSent(ulong number)
    {
        _probe = number;
        _fate = null;
    }

    /// <summary>Tells once what became of the probe.</summary>
    public bool TryTakeFate(out bool arrived)
    {
        arrived = _fate ?? false;
        var known = _fate is not null;
        _fate = null;
        return known;
    }

    /// <summary>A packet arrived.</summary>
    public void HandleAcked(ulong number, in SentPacket packet)
    {
        HandleFate(number, arrived: true);
        if (IsLarge(packet) && number >= _nextLarge)
        {
            _nextLarge = number + 1;
            _lost = 0;
        }
    }

    /// <summary>Losses are about to be looked for, from the oldest packet in flight on.</summary>
    public void HandleSearch() => _isUndecided = false;

    /// <summary>A packet that was sent before one that arrived may have arrived too.</summary>
    public void HandleUndecided(in SentPacket packet) => _isUndecided |= IsLarge(packet);

    /// <summary>A packet is lost.</summary>
    public void HandleLost(ulong number, in SentPacket packet)
    {
        HandleFate(number, arrived: false);
        if (IsLarge(packet) && !packet.IsSizeProbe && number >= _nextLarge)
        {
            _lost++;
        }
    }

    /// <summary>Datagrams are small again, or the path is another: what was lost before says nothing.</summary>
    public void Clear()
    {
        _lost = 0;
        _isUndecided = false;
    }

    private void HandleFate(ulong number, bool arrived)
    {
        if (number == _probe)
        {
            _probe = null;
            _fate = arrived;
        }
    }

    private static bool IsLarge(in SentPacket packet) => packet.Bytes > CongestionBounds.FirstDatagramBytes;
}
