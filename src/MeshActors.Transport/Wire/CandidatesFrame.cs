using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Wire;

/// <summary>CANDIDATES: where a node may be reached, told inside the session (docs/protocol.md, section 6.7).</summary>
/// <remarks>
/// <code>
/// sequence (varint) | seen (varint) | count (1) | count times: kind (1), address (16), port (2) | how its NATs behave (10), where it knows
/// </code>
/// What follows then belongs to later versions and is ignored, and so are entries of an unknown kind.
/// </remarks>
internal ref struct CandidatesFrame
{
    /// <summary>Endpoints in one frame.</summary>
    public const int MaxCandidates = 8;

    /// <summary>Bytes of one endpoint with its kind.</summary>
    public const int CandidateSize = 1 + 16 + 2;

    /// <summary>Bytes about its NATs.</summary>
    public const int BehaviourSize = 10;

    /// <summary>Most bytes of the content.</summary>
    public const int MostBytes = (2 * VarInt.MaxSize) + 1 + (MaxCandidates * CandidateSize) + BehaviourSize;

    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <summary>Number of this list; a list with a higher one replaces it.</summary>
    public ulong Sequence { get; private init; }

    /// <summary>The highest number of the other side's lists that was taken; 0 before the first.</summary>
    public ulong Seen { get; private init; }

    /// <summary>How the node's NATs behave, <see cref="BehaviourSize"/> bytes; empty where it does not say.</summary>
    public ReadOnlySpan<byte> Behaviour { get; private init; }

    /// <summary>The endpoints with their kinds, as they came.</summary>
    public ReadOnlySpan<byte> List { get; private init; }

    /// <summary>Reads the content of a frame.</summary>
    /// <returns>False when it is malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out CandidatesFrame frame)
    {
        frame = default;
        var reader = new FrameReader(content);
        if (!reader.TryReadVarInt(out var sequence)
            || !reader.TryReadVarInt(out var seen)
            || !reader.TryReadBytes(1, out var count)
            || count[0] > MaxCandidates
            || reader.Rest.Length < count[0] * CandidateSize)
        {
            return false;
        }

        var after = reader.Rest[(count[0] * CandidateSize)..];
        frame = new CandidatesFrame
        {
            Sequence = sequence,
            Seen = seen,
            List = reader.Rest[..(count[0] * CandidateSize)],
            Behaviour = after.Length < BehaviourSize ? [] : after[..BehaviourSize],
            _rest = reader.Rest,
            _left = count[0],
        };
        return true;
    }

    /// <summary>Writes the content of a frame.</summary>
    /// <param name="destination">At least <see cref="MostBytes"/>.</param>
    /// <param name="sequence">See <see cref="Sequence"/>.</param>
    /// <param name="seen">See <see cref="Seen"/>.</param>
    /// <param name="candidates">At most <see cref="MaxCandidates"/>.</param>
    /// <param name="behaviour">See <see cref="Behaviour"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(
        Span<byte> destination,
        ulong sequence,
        ulong seen,
        ReadOnlySpan<(CandidateKind Kind, UdpEndpoint Endpoint)> candidates,
        ReadOnlySpan<byte> behaviour = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(candidates.Length, MaxCandidates);
        var written = VarInt.Write(destination, sequence);
        written += VarInt.Write(destination[written..], seen);
        destination[written++] = (byte)candidates.Length;
        foreach (var (kind, endpoint) in candidates)
        {
            destination[written] = (byte)kind;
            WireEndpoint.Write(destination[(written + 1)..], endpoint);
            written += CandidateSize;
        }

        behaviour.CopyTo(destination[written..]);
        return written + behaviour.Length;
    }

    /// <summary>Takes the next endpoint; call until it returns false.</summary>
    public bool TryNext(out CandidateKind kind, out UdpEndpoint endpoint)
    {
        while (_left > 0)
        {
            _left--;
            kind = (CandidateKind)_rest[0];
            endpoint = WireEndpoint.Read(_rest[1..]);
            _rest = _rest[CandidateSize..];
            if (kind is CandidateKind.Host or CandidateKind.Reflexive or CandidateKind.Mapped or CandidateKind.Relay)
            {
                return true;
            }
        }

        (kind, endpoint) = (default, default);
        return false;
    }
}
