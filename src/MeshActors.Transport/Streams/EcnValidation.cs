using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Finds out whether a path carries marks of congestion, and counts those it reports (RFC 9000, section 13.4.2 and appendix A.4).</summary>
/// <remarks>
/// The first ten packets that ask for an acknowledgement are marked ECT(0). When one of them is acknowledged with counts that fit, all further ones are marked;
/// when counts are missing, do not fit, or all ten are lost, none is marked any more. Counts are of all paths of a tunnel together; a path that comes into use is
/// tested by packets of its own, unless counts did not fit before.
/// </remarks>
internal sealed class EcnValidation
{
    private const int TestPackets = 10;

    private long _sent;
    private long _tested;
    private ulong _testFrom;
    private long _acked;
    private long _lost;
    private long _newlyAcked;
    private long _newlyTested;
    private bool _misfits;
    private EcnCounts _told;

    /// <summary>Where validation stands.</summary>
    public EcnState State { get; private set; }

    /// <summary>True when the next packet is to be marked.</summary>
    public bool Marks => State == EcnState.Capable || (State == EcnState.Testing && _tested < TestPackets);

    public void HandleSent(bool isMarked)
    {
        _sent += isMarked ? 1 : 0;
        _tested += isMarked ? 1 : 0;
    }

    /// <summary>Packets go another way from a number on, which may or may not carry marks.</summary>
    public void HandlePathChanged(ulong firstNumber)
    {
        if (_misfits)
        {
            return;
        }

        State = EcnState.Testing;
        _testFrom = firstNumber;
        _tested = 0;
        _acked = 0;
        _lost = 0;
    }

    /// <summary>A packet is newly acknowledged, by a frame that <see cref="HandleAck"/> is told of next.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="isMarked">Whether it left marked.</param>
    public void HandlePacketAcked(ulong number, bool isMarked)
    {
        _newlyAcked += isMarked ? 1 : 0;
        _newlyTested += isMarked && number >= _testFrom ? 1 : 0;
    }

    /// <summary>A packet is lost: when all of the first are that were marked, the path drops marked packets.</summary>
    public void HandlePacketLost(ulong number, bool isMarked)
    {
        _lost += isMarked && number >= _testFrom ? 1 : 0;
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
        var newlyTested = _newlyTested;
        _newlyAcked = 0;
        _newlyTested = 0;
        _acked += newlyTested;
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
            _misfits = true;
            return 0;
        }

        var met = told.CongestionExperienced - _told.CongestionExperienced;
        _told = told;
        State = newlyTested > 0 ? EcnState.Capable : State;
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
