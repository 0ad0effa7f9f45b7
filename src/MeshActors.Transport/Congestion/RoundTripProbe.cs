using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Times how long little is sent so that the round trip without a queue is seen: 200 ms, or a round trip, from when little is in flight.</summary>
internal sealed class RoundTripProbe
{
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(200);

    private MonoTime? _end;

    public void Begin() => _end = null;

    /// <param name="inFlight">Bytes in flight.</param>
    /// <param name="little">Bytes in flight that are little.</param>
    /// <param name="roundTrip">The round trip known.</param>
    /// <param name="now">Now.</param>
    /// <returns>True when it is over.</returns>
    public bool IsOver(long inFlight, double little, TimeSpan roundTrip, MonoTime now)
    {
        if (_end is null && inFlight <= little)
        {
            _end = now + (roundTrip > Time ? roundTrip : Time);
        }

        return now >= _end;
    }
}
