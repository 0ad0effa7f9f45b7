using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>How many bytes more than the rate says arrive at once, because acknowledgements come in groups (draft-cardwell-iccrg-bbr-congestion-control-02, section 4.5.4).</summary>
internal sealed class AckAggregation
{
    private const int Rounds = 10;

    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(100);

    private readonly WindowedMax _extra = new(Rounds);
    private MonoTime? _since;
    private double _acked;

    /// <summary>Bytes the window needs on top, so that the sender does not stop between two groups.</summary>
    public double ExtraBytes => _extra.Value;

    public void HandleAcked(in AckedFact acked, double bandwidth, double window, long round)
    {
        var expected = _since is { } since ? bandwidth * (acked.Now - since).TotalSeconds : 0;
        if (_since is null || _acked <= expected)
        {
            _since = acked.Now;
            _acked = 0;
            expected = 0;
        }

        _acked += acked.Bytes;
        _extra.Add(Math.Clamp(_acked - expected, 0, Math.Min(window, bandwidth * Most.TotalSeconds)), round);
    }

    public void Clear()
    {
        _extra.Clear();
        _since = null;
    }
}
