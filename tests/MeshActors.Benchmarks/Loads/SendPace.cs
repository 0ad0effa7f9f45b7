using System.Diagnostics;
using System.Threading;

namespace MeshActors.Benchmarks.Loads;

/// <summary>Holds a sender to a rate, in steps of about a millisecond.</summary>
internal sealed class SendPace
{
    private readonly double _bytesPerTick;
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _bytes;

    /// <param name="bytesPerSecond">0 is as fast as it goes.</param>
    public SendPace(double bytesPerSecond)
    {
        _bytesPerTick = bytesPerSecond / Stopwatch.Frequency;
    }

    /// <summary>Waits until so many bytes more may be sent.</summary>
    public void WaitFor(int bytes)
    {
        if (_bytesPerTick == 0)
        {
            return;
        }

        while (Stopwatch.GetTimestamp() - _began < _bytes / _bytesPerTick)
        {
            Thread.Sleep(1);
        }

        _bytes += bytes;
    }
}
