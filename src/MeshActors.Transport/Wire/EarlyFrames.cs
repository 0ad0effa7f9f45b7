using System;

namespace MeshActors.Transport.Wire;

/// <summary>The frames that may stand in message 1 (docs/protocol.md 3.7).</summary>
internal static class EarlyFrames
{
    /// <summary>Bytes of frames at most.</summary>
    public const int MaxSize = 800;

    /// <summary>Where the lane stands in the id of a stream.</summary>
    private const int LaneShift = 1;

    private const ulong LaneMask = 3;

    /// <summary>Tells whether bytes that may be anything are STREAM frames of one lane and nothing else, at least one.</summary>
    public static bool AreValid(ReadOnlySpan<byte> frames, ulong lane)
    {
        if (frames.IsEmpty || frames.Length > MaxSize)
        {
            return false;
        }

        var reader = new FrameReader(frames);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadVarInt(out var type)
                || type is < FrameType.Stream or > FrameType.StreamLast
                || !StreamFrame.TryRead(type, ref reader, out var frame)
                || ((frame.StreamId >> LaneShift) & LaneMask) != lane)
            {
                return false;
            }
        }

        return true;
    }
}
