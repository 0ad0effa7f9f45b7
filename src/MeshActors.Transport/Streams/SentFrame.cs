namespace MeshActors.Transport.Streams;

/// <summary>Kinds of frames whose arrival or loss matters to their sender.</summary>
internal enum SentFrameKind : byte
{
    Stream,
    Reset,
    StopSending,
    StreamCredit,
    TunnelCredit,
    StreamLimit,
}

/// <summary>What a packet carried, remembered until it is acknowledged or lost.</summary>
/// <param name="Kind">Which frame.</param>
/// <param name="Fin">For stream bytes: the stream ended with them.</param>
/// <param name="Length">For stream bytes: how many.</param>
/// <param name="Offset">For stream bytes: where; for a stream limit: the lane.</param>
/// <param name="Stream">Which stream, null for frames of the tunnel.</param>
internal readonly record struct SentFrame(SentFrameKind Kind, bool Fin, int Length, long Offset, StreamState? Stream);
