using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Measures the bottleneck by how far it spreads packets that left close together (packet-train dispersion).</summary>
/// <remarks>
/// A train is a row of acknowledgements that came at least twice as slowly as what they acknowledge was sent. It counts only while they come evenly: then one queue spread them, and
/// not a radio link, the clumps of a busy receiver or the packets of others. The fastest train counts.
/// </remarks>
internal sealed class PacketTrain
{
    /// <summary>Packets after a train's first acknowledgement; of an initial window of ten, eight remain.</summary>
    private const int LeastPackets = 6;

    /// <summary>Acknowledgements after the first: fewer cannot be told to come evenly.</summary>
    private const int LeastAcks = 3;

    /// <summary>The most a train's sending may take, as a part of what its acknowledgements take.</summary>
    private const double MostSending = 0.5;

    /// <summary>The slowest acknowledgement may take so much longer for a byte than the fastest.</summary>
    private const double MostUneven = 1.5;

    private MonoTime _firstSentAt;
    private MonoTime _firstAckedAt;
    private MonoTime _ackedAt;
    private long _bytes = -1;
    private int _acks;
    private double _fastest;
    private double _slowest;

    /// <summary>Bytes a second of the fastest train; 0 before the first.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>Takes what an acknowledgement says.</summary>
    /// <param name="acked">It.</param>
    /// <param name="datagramBytes">Size of full packets.</param>
    public void HandleAcked(in AckedFact acked, int datagramBytes)
    {
        var sending = acked.NewestSentAt - _firstSentAt;
        var spread = acked.Now - _firstAckedAt;
        if (_bytes < 0 || sending < TimeSpan.Zero || sending > spread * MostSending)
        {
            Begin(acked);
            return;
        }

        var rate = acked.Bytes / Math.Max((acked.Now - _ackedAt).TotalSeconds, double.Epsilon);
        _fastest = Math.Max(_fastest, rate);
        _slowest = Math.Min(_slowest, rate);
        _ackedAt = acked.Now;
        _bytes += acked.Bytes;
        _acks++;
        if (_acks >= LeastAcks && _bytes >= LeastPackets * datagramBytes && _fastest <= _slowest * MostUneven)
        {
            BytesPerSecond = Math.Max(BytesPerSecond, _bytes / spread.TotalSeconds);
        }
    }

    public void Clear()
    {
        _bytes = -1;
        BytesPerSecond = 0;
    }

    private void Begin(in AckedFact acked)
    {
        _firstSentAt = acked.NewestSentAt;
        _firstAckedAt = _ackedAt = acked.Now;
        _bytes = 0;
        _acks = 0;
        _fastest = 0;
        _slowest = double.PositiveInfinity;
    }
}
