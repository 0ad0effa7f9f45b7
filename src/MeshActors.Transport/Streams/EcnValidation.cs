using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Finds out whether a path carries marks of congestion, and counts those it reports (RFC 9000, section 13.4.2 and appendix A.4).</summary>
/// <remarks>
/// The first ten packets that ask for an acknowledgement are marked ECT(0). When one of them is acknowledged with counts that fit, all further ones are marked;
/// when counts are missing, do not fit, or all ten are lost, none is marked any more. The path may have been changed since: only a new state tries again.
/// </remarks>
internal sealed class EcnValidation
{
    private const int TestPackets = 10;

    private long _sent;
    private long _acked;
    private long _lost;
    private long _newlyAcked;
    private EcnCounts _told;

    /// <summary>Where validation stands.</summary>
    public EcnState State { get; private set; }

    /// <summary>True when the next packet is to be marked.</summary>
    public bool Marks => State == EcnState.Capable || (State == EcnState.Testing && _sent < TestPackets);

    public void HandleSent(bool isMarked) => _sent += isMarked ? 1 : 0;

    /// <summary>A packet is newly acknowledged, by a frame that <see cref="HandleAck"/> is told of next.</summary>
    public void HandlePacketAcked(bool isMarked) => _newlyAcked += isMarked ? 1 : 0;

    /// <summary>A packet is lost: when all of the first are that were marked, the path drops marked packets.</summary>
    public void HandlePacketLost(bool isMarked)
    {
        _lost += isMarked ? 1 : 0;
        if (State == EcnState.Testing && _acked == 0 && _lost >= TestPackets)
        {
            State = EcnState.Failed;
        }
    }

    /// <summary>Nothing is heard: as long as no marked packet has arrived, what goes again goes without marks.</summary>
    public void HandleProbeTimeout()
    {
        if (State == EcnState.Testing && _acked == 0)
        {
            State = EcnState.Failed;
        }
    }

    /// <summary>Looks at the counts of an acknowledgement.</summary>
    /// <param name="ack">The frame; its packets have been told of.</param>
    /// <param name="isNewest">False for one that was overtaken: its counts are old.</param>
    /// <returns>Packets that met congestion since the acknowledgement before.</returns>
    public long HandleAck(in AckFrame ack, bool isNewest)
    {
        var newlyAcked = _newlyAcked;
        _newlyAcked = 0;
        _acked += newlyAcked;
        if (State == EcnState.Failed || !isNewest)
        {
            return 0;
        }

        if (ack.Marks is not { } told)
        {
            State = newlyAcked > 0 ? EcnState.Failed : State;
            return 0;
        }

        if (!Fits(told, newlyAcked))
        {
            State = EcnState.Failed;
            return 0;
        }

        var met = told.CongestionExperienced - _told.CongestionExperienced;
        _told = told;
        State = newlyAcked > 0 ? EcnState.Capable : State;
        return (long)met;
    }

    /// <summary>Every marked packet that arrived must be counted, none as another mark, and none that was not sent.</summary>
    private bool Fits(EcnCounts told, long newlyAcked)
    {
        if (told.Capable0 < _told.Capable0
            || told.CongestionExperienced < _told.CongestionExperienced
            || told.Capable1 != 0
            || told.Capable0 > (ulong)_sent
            || told.CongestionExperienced > (ulong)_sent - told.Capable0)
        {
            return false;
        }

        var more = told.Capable0 - _told.Capable0 + (told.CongestionExperienced - _told.CongestionExperienced);
        return more >= (ulong)newlyAcked;
    }
}
