using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>The receiver's credit for all streams of a tunnel together (docs/protocol.md, section 6.3).</summary>
/// <remarks>
/// The window bounds whole messages that were not taken, and bytes ahead of gaps. Bytes of begun messages do not count: each arrival of one
/// raises the credit again. Else many begun messages could use up the window, and none of them could ever be completed and taken.
/// Their memory is bounded by the windows of the streams and the large-message budget. The same holds for whole messages that the owner keeps until
/// something has come by another stream: it could not come any more.
/// </remarks>
internal sealed class TunnelCredit
{
    private WindowMeter _meter;
    private bool _usedUpBehindGap;
    private long _begun;

    public TunnelCredit(int windowBytes)
    {
        WindowBytes = windowBytes;
    }

    /// <summary>Most bytes of whole messages that were not taken; it only grows.</summary>
    public int WindowBytes { get; private set; }

    /// <summary>The credit the peer was told of.</summary>
    public long Limit { get; private set; } = StreamLimits.InitialTunnelCredit;

    /// <summary>Used credit: the sum of the highest ends of all streams there ever were.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that were taken by the owner or thrown away.</summary>
    public long Released { get; private set; }

    /// <summary>Pieces ahead of gaps in all streams.</summary>
    public int Pieces { get; private set; }

    /// <summary>Bytes that hold credit now: arrived and neither taken nor thrown away.</summary>
    public long Held => Received - Released;

    /// <summary>The credit as it should be.</summary>
    public long WantedLimit => Math.Max(Limit, Released + WindowBytes + _begun);

    public bool IsCreditDue => WantedLimit - Limit >= WindowBytes / 4;

    /// <summary>An account for streams outside the tunnel's window: it counts, and never refuses.</summary>
    public static TunnelCredit Unlimited() => new(int.MaxValue) { Limit = long.MaxValue };

    public bool Allows(long moreBytes) => moreBytes <= Limit - Received;

    /// <summary>Counts what an input changed in one stream.</summary>
    public void Apply(ReceiveAccount before, ReceiveAccount after)
    {
        Received += after.Highest - before.Highest;
        _begun += after.Begun - before.Begun;
        Released += after.Released - before.Released;
        Pieces += after.Pieces - before.Pieces;
        _usedUpBehindGap |= Pieces > 0 && Received > Limit - (WindowBytes / 8);
    }

    /// <summary>As <see cref="ReceiveStream.IsWindowUsedUpWithin"/>, for all streams together.</summary>
    public bool IsWindowUsedUpWithin(TimeSpan time, MonoTime now)
    {
        var behindGap = _usedUpBehindGap;
        _usedUpBehindGap = false;
        return _meter.IsUsedUpWithin(time, Released, WindowBytes, now) || behindGap;
    }

    public void Grow(int bytes) => WindowBytes += bytes;

    /// <summary>The wanted credit becomes the one the peer knows.</summary>
    public long RaiseLimit() => Limit = WantedLimit;
}
