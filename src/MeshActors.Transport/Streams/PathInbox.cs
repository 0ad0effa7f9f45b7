using System;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>What one packet said about paths, until the tunnel has looked at it: only the tunnel knows where the packet came from.</summary>
internal sealed class PathInbox
{
    /// <summary>Most bytes of a CANDIDATES frame that is taken.</summary>
    public const int MostCandidatesBytes = 512;

    private byte[] _candidates = [];
    private int _candidatesLength;

    /// <summary>True when the packet said anything about paths.</summary>
    public bool HasAny { get; private set; }

    /// <summary>The last challenge in it, null when there was none.</summary>
    public ulong? Challenge { get; private set; }

    /// <summary>The last answer in it, null when there was none.</summary>
    public ulong? Answer { get; private set; }

    /// <summary>The content of the last CANDIDATES frame, empty when there was none.</summary>
    public ReadOnlySpan<byte> Candidates => _candidates.AsSpan(0, _candidatesLength);

    /// <summary>Takes a frame whose type is one of these three.</summary>
    /// <returns>False when it is malformed.</returns>
    public bool TryTake(ulong type, ref FrameReader reader)
    {
        HasAny = true;
        if (type == FrameType.Candidates)
        {
            return TryTakeCandidates(ref reader);
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
        Challenge = null;
        Answer = null;
        _candidatesLength = 0;
    }

    private bool TryTakeCandidates(ref FrameReader reader)
    {
        if (!reader.TryReadPrefixed(out var content) || content.Length > MostCandidatesBytes)
        {
            return false;
        }

        if (_candidates.Length == 0)
        {
            _candidates = new byte[MostCandidatesBytes];
        }

        content.CopyTo(_candidates);
        _candidatesLength = content.Length;
        return true;
    }
}
