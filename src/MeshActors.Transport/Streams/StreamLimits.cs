using System;
using MeshActors.Transport.Congestion;

namespace MeshActors.Transport.Streams;

/// <summary>Bounds of one tunnel's streams, each with what happens there.</summary>
/// <remarks>
/// Memory a peer can make us hold, at most: <see cref="MostTunnelWindowBytes"/> for whole messages that nobody took,
/// a window for each open stream for begun messages and <see cref="WindowGrowthBytes"/> for all that these have grown,
/// <see cref="LargeMessageBytes"/> for long ones, and as much again while messages grow by doubling. With the defaults:
/// 32 + (16 x 1 + 1,024 / 16) + 32 + 32 = 176 MiB, and 1 MiB for the control lane; only for peers that are authenticated, and the
/// growth only while our side takes what comes. A peer that lets messages wait for what comes by another stream of its association can
/// make us hold two long messages for each of its association streams besides.
/// </remarks>
internal sealed record StreamLimits
{
    /// <summary>Longest message in bytes: a longer one is refused here and closes the tunnel when the peer sends it.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>Longest message of the control lane in bytes: 16 packets, so that none delays the next one by much.</summary>
    public const int MaxControlMessageBytes = 16 * 1024;

    /// <summary>Credit of a stream before any MAX_STREAM_DATA, in bytes (docs/protocol.md, section 6.3).</summary>
    public const int InitialStreamCredit = 64 * 1024;

    /// <summary>Credit of the tunnel before any MAX_DATA, in bytes (docs/protocol.md, section 6.3).</summary>
    public const int InitialTunnelCredit = 1024 * 1024;

    /// <summary>Streams a side may open in the association lane before any MAX_STREAMS (docs/protocol.md, section 6.1).</summary>
    public const int InitialAssociationStreams = 16;

    /// <summary>Streams a side may open in the streams lane before any MAX_STREAMS (docs/protocol.md, section 6.1).</summary>
    public const int InitialStreams = 256;

    /// <summary>Streams a side may have open in the control lane; beyond it closes the tunnel (docs/protocol.md, section 6.1).</summary>
    public const int ControlStreams = 16;

    /// <summary>Pieces that arrived ahead of gaps, all streams of the control lane; at the bound as <see cref="Pieces"/>.</summary>
    public const int ControlPieces = 1024;

    /// <summary>Bytes queued and unacknowledged of one control stream from which on its sender is told to stop.</summary>
    public const int ControlHighWaterBytes = 64 * 1024;

    /// <summary>Bytes queued and unacknowledged of one control stream from which on messages are refused.</summary>
    public const int ControlSendBytes = 128 * 1024;

    public static readonly StreamLimits Default = new();

    /// <summary>Unread bytes of one association stream; at the bound the peer waits. At least <see cref="InitialStreamCredit"/>.</summary>
    public int AssociationWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Unread bytes of one stream of the streams lane; at the bound the peer waits. At least <see cref="InitialStreamCredit"/>.</summary>
    public int StreamWindowBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of whole messages that were not taken; at the bound the peer waits. At least <see cref="InitialTunnelCredit"/>.</summary>
    public int TunnelWindowBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What the window of a stream grows to while its bytes are taken as fast as they come. At least the windows above.</summary>
    public int MostStreamWindowBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>What the tunnel's window grows to likewise. At least <see cref="TunnelWindowBytes"/>.</summary>
    public int MostTunnelWindowBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes by which the windows of all streams together grow; at the bound they stay as they are.</summary>
    public int WindowGrowthBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of messages longer than their stream's window, all streams; at the bound the next one waits. At least 16 MiB and 16 bytes.</summary>
    public int LargeMessageBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Association streams the peer may have open; beyond it closes the tunnel. At least <see cref="InitialAssociationStreams"/>.</summary>
    public int AssociationStreams { get; init; } = InitialAssociationStreams;

    /// <summary>Streams of the streams lane the peer may have open; beyond it closes the tunnel. At least <see cref="InitialStreams"/>.</summary>
    public int Streams { get; init; } = 1024;

    /// <summary>Pieces that arrived ahead of gaps, all streams; at the bound packets with further ones are not taken, and come again.</summary>
    public int Pieces { get; init; } = 16_384;

    /// <summary>Bytes queued and unacknowledged of one stream from which on its sender is told to stop.</summary>
    public int SendHighWaterBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes queued and unacknowledged of one stream from which on messages are refused.</summary>
    public int SendStreamBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes queued and unacknowledged of all streams from which on messages are refused.</summary>
    public int SendTunnelBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Packets that are neither acknowledged nor lost; at the bound nothing is sent.</summary>
    public int PacketsInFlight { get; init; } = 65_536;

    /// <summary>Who decides how much may be in flight.</summary>
    public CongestionControl Congestion { get; init; } = CongestionControl.Bbr;

    /// <summary>Ranges of packet numbers kept for acknowledging; at the bound the lowest is forgotten.</summary>
    public int AckRanges { get; init; } = 64;

    /// <summary>The receive window of a stream of a lane, in bytes.</summary>
    public int WindowBytes(StreamLane lane) => lane switch
    {
        StreamLane.Association => AssociationWindowBytes,
        StreamLane.Streams => StreamWindowBytes,
        _ => InitialStreamCredit,
    };

    /// <summary>How many streams of a lane the peer may have open.</summary>
    public int OpenStreams(StreamLane lane) => lane switch
    {
        StreamLane.Association => AssociationStreams,
        StreamLane.Streams => Streams,
        _ => ControlStreams,
    };

    /// <summary>How many pieces ahead of gaps the streams of a lane may hold together with those of the lanes they share the bound with.</summary>
    public int PiecesOf(StreamLane lane) => lane == StreamLane.Control ? ControlPieces : Pieces;

    /// <summary>Bytes of one stream from which on its sender is told to stop.</summary>
    public int SendHighWaterOf(StreamLane lane) =>
        lane == StreamLane.Control ? ControlHighWaterBytes : SendHighWaterBytes;

    /// <summary>Bytes of one stream from which on messages are refused.</summary>
    public int SendStreamBytesOf(StreamLane lane) => lane == StreamLane.Control ? ControlSendBytes : SendStreamBytes;

    /// <summary>Longest message of a lane, in bytes.</summary>
    public static int MostMessageBytes(StreamLane lane) =>
        lane == StreamLane.Control ? MaxControlMessageBytes : MaxMessageBytes;

    /// <summary>How many streams of a lane either side may open before any MAX_STREAMS.</summary>
    public static int InitialOpenStreams(StreamLane lane) => lane switch
    {
        StreamLane.Association => InitialAssociationStreams,
        StreamLane.Streams => InitialStreams,
        _ => ControlStreams,
    };

    /// <summary>Checks that no bound is below what the protocol grants from the start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the bound.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(AssociationWindowBytes, InitialStreamCredit);
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamWindowBytes, InitialStreamCredit);
        ArgumentOutOfRangeException.ThrowIfLessThan(TunnelWindowBytes, InitialTunnelCredit);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostStreamWindowBytes, Math.Max(AssociationWindowBytes, StreamWindowBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MostTunnelWindowBytes, TunnelWindowBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(WindowGrowthBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeMessageBytes, MaxMessageBytes + 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(AssociationStreams, InitialAssociationStreams);
        ArgumentOutOfRangeException.ThrowIfLessThan(Streams, InitialStreams);
        ArgumentOutOfRangeException.ThrowIfLessThan(Pieces, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendHighWaterBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendStreamBytes, SendHighWaterBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendTunnelBytes, SendStreamBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(PacketsInFlight, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(AckRanges, 2);
    }
}
