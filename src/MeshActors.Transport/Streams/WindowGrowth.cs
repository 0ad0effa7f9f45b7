using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Lets receive windows grow with what the path carries: one that is used up within two round trips doubles (docs/protocol.md, section 6.3).</summary>
/// <remarks>
/// A window that is taken more slowly does not hold its sender back, and a reader that stops takes nothing, so neither grows. All streams
/// of a tunnel together grow by at most <see cref="StreamLimits.WindowGrowthBytes"/>; a stream gives its part back at its end. Asked when credit is
/// told to the peer, which is every quarter of a window.
/// </remarks>
internal sealed class WindowGrowth
{
    private const int FastRoundTrips = 2;

    private readonly StreamLimits _limits;
    private readonly RoundTripInUse _roundTrip;

    public WindowGrowth(StreamLimits limits, RoundTripInUse roundTrip)
    {
        _limits = limits;
        _roundTrip = roundTrip;
        Left = limits.WindowGrowthBytes;
    }

    /// <summary>Bytes by which windows of streams may still grow.</summary>
    public long Left { get; private set; }

    /// <summary>Looks at a stream's window before credit is told. A stream whose long message waits for its grant does not grow: the grant stands for it.</summary>
    public void Tune(StreamState stream, MonoTime now)
    {
        var receive = stream.Receive;
        if (stream.Id.Lane == StreamLane.Control
            || _roundTrip.Current.Smoothed is not { } roundTrip
            || !receive.IsWindowUsedUpWithin(FastRoundTrips * roundTrip, now)
            || stream.WaitingGrant > 0)
        {
            return;
        }

        var more = Math.Min(receive.WindowBytes, Math.Max(0, _limits.MostStreamWindowBytes - receive.WindowBytes));
        if (more <= Left)
        {
            Left -= more;
            receive.Grow(more);
        }
    }

    /// <summary>Looks at the tunnel's window before credit is told.</summary>
    public void Tune(TunnelCredit credit, MonoTime now)
    {
        if (_roundTrip.Current.Smoothed is { } roundTrip && credit.IsWindowUsedUpWithin(FastRoundTrips * roundTrip, now))
        {
            credit.Grow(Math.Min(credit.WindowBytes, Math.Max(0, _limits.MostTunnelWindowBytes - credit.WindowBytes)));
        }
    }

    /// <summary>A stream is over.</summary>
    public void HandleForgotten(StreamState stream) => Left += stream.Receive.GrownBytes;
}
