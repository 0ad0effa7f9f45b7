using System;

namespace MeshActors.Transport.Streams;

/// <summary>What a <see cref="StreamEvent"/> tells.</summary>
internal enum StreamEventKind
{
    /// <summary>The peer opened a stream.</summary>
    Opened,

    /// <summary>A whole message arrived.</summary>
    Message,

    /// <summary>A stream that was above its high-water mark takes messages again.</summary>
    Writable,

    /// <summary>The peer sends no more on a stream; all its messages have been told before.</summary>
    Finished,

    /// <summary>Last event of a stream.</summary>
    Ended,

    /// <summary>A datagram arrived; it belongs to no stream, and its order among other events says nothing.</summary>
    Datagram,

    /// <summary>The peer closed the tunnel; all streams have ended before.</summary>
    PeerClosed,
}

/// <summary>Something the owner of a <see cref="StreamMux"/> must know.</summary>
/// <param name="Kind">What happened; which of the other values count follows from it.</param>
/// <param name="Id">The stream; default for <see cref="StreamEventKind.Datagram"/> and <see cref="StreamEventKind.PeerClosed"/>.</param>
/// <param name="Message">A fresh array that belongs to the reader, for <see cref="StreamEventKind.Message"/> and <see cref="StreamEventKind.Datagram"/>.</param>
/// <param name="End">How the stream ended, for <see cref="StreamEventKind.Ended"/>; for PeerClosed its code is the peer's.</param>
/// <param name="Reason">What the peer says about its closing: untrusted text of at most 256 bytes.</param>
internal readonly record struct StreamEvent(
    StreamEventKind Kind, StreamId Id, ReadOnlyMemory<byte> Message, StreamEnd End, string? Reason)
{
    public static StreamEvent Opened(StreamId id) => new(StreamEventKind.Opened, id, default, default, null);

    public static StreamEvent Arrived(StreamId id, ReadOnlyMemory<byte> message) =>
        new(StreamEventKind.Message, id, message, default, null);

    public static StreamEvent Writable(StreamId id) => new(StreamEventKind.Writable, id, default, default, null);

    public static StreamEvent Finished(StreamId id) => new(StreamEventKind.Finished, id, default, default, null);

    public static StreamEvent Ended(StreamId id, StreamEnd end) => new(StreamEventKind.Ended, id, default, end, null);

    public static StreamEvent Datagram(ReadOnlyMemory<byte> bytes) =>
        new(StreamEventKind.Datagram, default, bytes, default, null);

    public static StreamEvent PeerClosed(ulong code, string reason) =>
        new(StreamEventKind.PeerClosed, default, default, new StreamEnd(StreamEndReason.TunnelClosed, code, true), reason);
}
