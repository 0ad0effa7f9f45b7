using System;
using System.IO;

namespace MeshActors.LinkLab.Flows;

/// <summary>Counts what a receiver got and tells the lab: lines <c>at NANOSECONDS BYTES</c>, on the machine's monotonic clock.</summary>
/// <remarks>All processes of the machine share that clock, so flows can be compared second by second. One thread at a time.</remarks>
internal sealed class ByteMeter
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly TextWriter _output;
    private long _bytes;
    private long _toldAt;

    public ByteMeter(TimeProvider time, TextWriter output)
    {
        _time = time;
        _output = output;
        _toldAt = time.GetTimestamp() - (time.TimestampFrequency / 10);
    }

    public void Add(int bytes)
    {
        _bytes += bytes;
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_toldAt, now) >= Interval)
        {
            _toldAt = now;
            _output.WriteLine($"{FlowWords.At} {now} {_bytes}");
            _output.Flush();
        }
    }
}
