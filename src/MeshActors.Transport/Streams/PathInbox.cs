using System;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>What one packet said about paths, until the tunnel has looked at it: only the tunnel knows where the packet came from.</summary>
internal sealed class PathInbox
{
    /// <summary>Most bytes of a frame's content that is taken.</summary>
    public const int MostContentBytes = 512;

    private byte[] _candidates = [];
    private byte[] _signal = [];
    private int _candidatesLength;
    private int _signalLength;

    /// <summary>True when the packet said anything about paths.</summary>
    public bool HasAny { get; private set; }

    /// <summary>How new the packet was.</summary>
    public PacketFreshness Freshness { get; set; }

    /// <summary>The last challenge in it, null when there was none.</summary>
    public ulong? Challenge { get; private set; }

    /// <summary>The last answer in it, null when there was none.</summary>
    public ulong? Answer { get; private set; }

    /// <summary>The content of the last CANDIDATES frame, empty when there was none.</summary>
    public ReadOnlySpan<byte> Candidates => _candidates.AsSpan(0, _candidatesLength);

    /// <summary>The type of the last frame about a lease or an attempt to get through NATs, 0 when there was none.</summary>
    public ulong SignalType { get; private set; }

    /// <summary>The content of that frame; it may hold keys.</summary>
    public ReadOnlySpan<byte> Signal => _signal.AsSpan(0, _signalLength);

    /// <summary>Takes a frame whose type is one of these.</summary>
    /// <returns>False when it is malformed.</returns>
    public bool TryTake(ulong type, ref FrameReader reader)
    {
        HasAny = true;
        if (type == FrameType.Candidates)
        {
            return TryTake(ref reader, ref _candidates, out _candidatesLength);
        }

        if (type is FrameType.RelayLease or FrameType.RelayLeased or FrameType.PunchAt or FrameType.PunchResult)
        {
            SignalType = type;
            return TryTake(ref reader, ref _signal, out _signalLength);
        }

        if (!PathFrame.TryRead(ref reader, out var frame))
        {
            return false;
        }

        Challenge = type == FrameType.PathChallenge ? frame.Token : Challenge;
        Answer = type == FrameType.PathResponse ? frame.Token : Answer;
        return true;
    }

    /// <summary>What is here has been looked at, or is not to be.</summary>
    public void Clear()
    {
        HasAny = false;
        Freshness = PacketFreshness.Late;
        Challenge = null;
        Answer = null;
        _candidatesLength = 0;
    }

    /// <summary>What was said about a lease or an attempt is forgotten, keys with it.</summary>
    public void ClearSignal()
    {
        SignalType = 0;
        _signal.AsSpan(0, _signalLength).Clear();
        _signalLength = 0;
    }

    private static bool TryTake(ref FrameReader reader, ref byte[] kept, out int length)
    {
        length = 0;
        if (!reader.TryReadPrefixed(out var content) || content.Length > MostContentBytes)
        {
            return false;
        }

        if (kept.Length == 0)
        {
            kept = new byte[MostContentBytes];
        }

        content.CopyTo(kept);
        length = content.Length;
        return true;
    }
}
