using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Tunnels;

/// <summary>Something that happened to a tunnel, or to one of its streams.</summary>
/// <param name="Kind">What.</param>
/// <param name="Failure">With <see cref="TunnelEventKind.Failed"/>.</param>
/// <param name="CloseReason">With <see cref="TunnelEventKind.Closed"/>.</param>
/// <param name="Stream">With <see cref="TunnelEventKind.Stream"/>.</param>
internal readonly record struct TunnelEvent(
    TunnelEventKind Kind,
    TunnelFailure Failure = default,
    TunnelCloseReason? CloseReason = null,
    StreamEvent Stream = default);

/// <summary>Kinds of <see cref="TunnelEvent"/>.</summary>
internal enum TunnelEventKind
{
    /// <summary>A session is there: the first, or one after a failure.</summary>
    Opened,

    /// <summary>No session answers; streams wait.</summary>
    Failed,

    /// <summary>A new state of the streams begins: all streams before have ended.</summary>
    StreamsBegun,

    /// <summary>Something about one stream.</summary>
    Stream,

    /// <summary>The end; the last event.</summary>
    Closed,
}
