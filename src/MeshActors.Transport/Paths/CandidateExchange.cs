using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>Tells the peer of one tunnel where this node may be reached, until it says that it knows, and hears the same from it.</summary>
/// <remarks>
/// Lists are sent beside the streams: at once, then after 200 ms, doubling up to <see cref="MostSends"/> times. Each carries the number of the peer's list that was taken last. A list is answered, also when
/// it was taken before: by this node's own as long as the peer has not named that, else by an empty one of number 0, which is answered by nothing; so the exchange ends.
/// </remarks>
internal sealed class CandidateExchange
{
    /// <summary>Times that one list is sent at most, unless the peer asks for it by sending its own.</summary>
    public const int MostSends = 6;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    private readonly List<UdpEndpoint> _attested = [];
    private LocalCandidates _own = LocalCandidates.None;
    private ulong _known;
    private ulong _taken;
    private int _sends;
    private ulong _told;
    private byte[] _content = [];
    private ulong _timesAgain;
    private MonoTime? _due;

    /// <summary>True when one of both sides says that UDP is blocked before it.</summary>
    public bool IsUdpBlocked => IsBlocked(_own.Behaviour) || IsBlocked(PeerBehaviour);

    /// <summary>What this node knows of itself.</summary>
    public LocalCandidates Own => _own;

    /// <summary>Number of the list: it grows with each other one, and each time that one is told anew.</summary>
    private ulong Number => _own.Sequence + _timesAgain;

    /// <summary>How the NATs before the peer behave, as it says in its last list; null where it does not.</summary>
    public NatBehaviour? PeerBehaviour { get; private set; }

    /// <summary>Where relays see the peer, as it says, without what may not be sent to.</summary>
    public IReadOnlyList<UdpEndpoint> Attested => _attested;

    /// <summary>True when the list of the peer that was just taken says other things than the one before.</summary>
    public bool IsNews { get; private set; }

    /// <summary>When <see cref="PollFrame"/> has something to hand out.</summary>
    public MonoTime? NextTimeout => _due;

    /// <summary>Takes what this node knows of itself.</summary>
    /// <returns>False when it was known.</returns>
    public bool SetOwn(LocalCandidates own, MonoTime now)
    {
        if (own.Sequence <= _own.Sequence)
        {
            return false;
        }

        _own = own;
        _sends = 0;
        _due = now;
        return true;
    }

    /// <summary>Tells the same again as something new, so that the peer tries it.</summary>
    public void TellAgain(MonoTime now)
    {
        if (_own.Sequence == 0)
        {
            return;
        }

        _timesAgain++;
        _sends = 0;
        _due = now;
    }

    /// <summary>An endpoint of the list that was just taken is one that a relay saw, and may be sent to.</summary>
    public void HandleAttested(UdpEndpoint endpoint) => _attested.Add(endpoint);

    /// <summary>True once for each list of the peer.</summary>
    public bool TryTell()
    {
        var isNew = _told != _taken;
        _told = _taken;
        return isNew;
    }

    /// <summary>Takes the content of a frame of the peer.</summary>
    /// <param name="content">Of a CANDIDATES frame, as it came.</param>
    /// <param name="candidates">Room for <see cref="CandidatesFrame.MaxCandidates"/>.</param>
    /// <param name="now">The present.</param>
    /// <returns>How many there are, 0 for a list that was taken before; null when the content is malformed.</returns>
    public int? HandleFrame(ReadOnlySpan<byte> content, Span<(CandidateKind Kind, UdpEndpoint Endpoint)> candidates, MonoTime now)
    {
        if (!CandidatesFrame.TryRead(content, out var frame))
        {
            return null;
        }

        _known = Math.Max(_known, frame.Seen);
        if (_known >= Number)
        {
            _due = null;
        }

        if (frame.Sequence <= _taken)
        {
            // The peer sends a list again because what said that it came was lost, or crossed it.
            _due = frame.Sequence == 0 ? _due : now;
            return 0;
        }

        _taken = frame.Sequence;
        byte[] told = [.. frame.List, .. frame.Behaviour];
        IsNews = !told.AsSpan().SequenceEqual(_content);
        _content = told;
        PeerBehaviour = NatBehaviour.TryRead(frame.Behaviour, out var behaviour) ? behaviour : null;
        _attested.Clear();
        _sends = 0;
        _due = now;
        var count = 0;
        while (frame.TryNext(out var kind, out var endpoint))
        {
            candidates[count++] = (kind, endpoint);
        }

        return count;
    }

    /// <summary>Writes the frame that is due.</summary>
    /// <param name="destination">Room for type, length and <see cref="CandidatesFrame.MostBytes"/>.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written, 0 when none is due.</returns>
    public int PollFrame(Span<byte> destination, MonoTime now)
    {
        if (_due is not { } due || due > now)
        {
            return 0;
        }

        _sends++;
        _due = _known >= Number || _sends >= MostSends ? null : now + (FirstWait * (1 << (_sends - 1)));
        Span<byte> content = stackalloc byte[CandidatesFrame.MostBytes];
        Span<byte> behaviour = stackalloc byte[NatBehaviour.Size];
        _own.Behaviour?.Write(behaviour);
        var length = _known >= Number
            ? CandidatesFrame.Write(content, sequence: 0, _taken, [])
            : CandidatesFrame.Write(
                content, Number, _taken, _own.Candidates.AsSpan(), _own.Behaviour is null ? [] : behaviour);
        var written = VarInt.Write(destination, FrameType.Candidates);
        written += VarInt.Write(destination[written..], (ulong)length);
        content[..length].CopyTo(destination[written..]);
        return written + length;
    }

    private static bool IsBlocked(NatBehaviour? behaviour) => behaviour is { } known && (known.Flags & NatFlags.UdpBlocked) != 0;
}
