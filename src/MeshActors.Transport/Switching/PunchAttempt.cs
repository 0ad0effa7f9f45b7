using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>One attempt to get a direct path to one peer, from the first socket that is opened for it until the last datagram has had its time.</summary>
/// <remarks>
/// The proposer prepares, proposes until it is answered, and begins with the answer. The answerer prepares, answers, and begins half a round trip later. From
/// then on both send; what comes and verifies is told to the tunnel's paths, which decide alone.
/// </remarks>
internal sealed class PunchAttempt
{
    /// <summary>Times that a proposal is sent.</summary>
    private const int MostProposals = 3;

    /// <summary>Until the first repetition; doubles.</summary>
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the peer may take to prepare, beside the way there and back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long after the last datagram of either side something may still come of an attempt.</summary>
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(1);

    private readonly byte[] _key;
    private readonly PunchHits _hits = new();
    private PunchShots? _shots;
    private MonoTime _proposeAt;
    private MonoTime _until;
    private MonoTime _answerUntil = MonoTime.Never;
    private int _proposals;

    /// <param name="tunnel">To whom.</param>
    /// <param name="number">Its name.</param>
    /// <param name="key">Of its datagrams; kept and cleared here.</param>
    /// <param name="technique">What is tried.</param>
    /// <param name="proposed">The peer's ports as it proposed them; null when this node proposes.</param>
    /// <param name="preparation">What has to be done first.</param>
    public PunchAttempt(
        Tunnel tunnel, ulong number, byte[] key, PunchTechnique technique, PunchPorts? proposed, PunchPreparation preparation)
    {
        Tunnel = tunnel;
        Number = number;
        _key = key;
        Technique = technique;
        Proposed = proposed;
        Preparation = preparation;
    }

    public Tunnel Tunnel { get; }

    public ulong Number { get; }

    public PunchTechnique Technique { get; }

    /// <summary>The peer's ports as it proposed them; null when this node proposes.</summary>
    public PunchPorts? Proposed { get; }

    /// <summary>True when this node proposes it.</summary>
    public bool IsProposer => Proposed is null;

    public PunchPreparation Preparation { get; }

    /// <summary>True when the peer has consented, or was answered.</summary>
    public bool IsAgreed => _shots is not null;

    /// <summary>True when every mapping that this side needs has been made.</summary>
    public bool HasOpened => _shots is { HasOpened: true };

    /// <summary>True when the peer was asked and did not answer.</summary>
    public bool IsUnanswered(MonoTime now) => !IsAgreed && now >= _answerUntil;

    /// <summary>True when both have sent all, and nothing can come of it any more.</summary>
    public bool IsOver(MonoTime now) => IsAgreed && now >= _until;

    /// <summary>When something is due.</summary>
    public MonoTime? NextTimeout => _shots is { } shots ? MonoTime.Earliest(shots.NextTimeout, _until)
        : MonoTime.Earliest(
            Preparation.NextTimeout,
            Preparation.Outcome == PunchOutcome.Waiting && IsProposer
                ? _proposals < MostProposals ? _proposeAt : _answerUntil
                : null);

    /// <summary>Writes the proposal when it is due.</summary>
    /// <returns>Bytes of the content, 0 when it is not.</returns>
    public int PollProposal(Span<byte> content, TimeSpan roundTrip, MonoTime now)
    {
        if (!IsProposer || IsAgreed || _proposals == MostProposals || now < _proposeAt)
        {
            return 0;
        }

        _answerUntil = _proposals == 0 ? now + roundTrip + Patience : _answerUntil;
        _proposeAt = now + (FirstRepeat * (1 << _proposals++));
        return new PunchAtFrame(Number, IsAnswer: false, Technique, 0, Preparation.Ports).WriteContent(content, _key);
    }

    /// <summary>Writes the consent.</summary>
    /// <returns>Bytes of the content.</returns>
    public int WriteAnswer(Span<byte> content, TimeSpan delay) =>
        new PunchAtFrame(Number, IsAnswer: true, Technique, (int)Math.Min(delay.TotalMilliseconds, PunchAtFrame.MostDelayMs), Preparation.Ports)
            .WriteContent(content, []);

    /// <summary>Both agree: datagrams leave from then on.</summary>
    public void Begin(in PunchPorts peer, IRandomSource random, MonoTime start)
    {
        var own = Preparation.Ports;
        var guesses = Math.Max(PunchPlan.Guesses(Technique, own), PunchPlan.Guesses(Technique, peer));
        _until = start + (PunchShots.Gap * guesses) + Tail;
        _shots = new PunchShots(
            Preparation.Sockets, PunchPlan.Targets(Technique, own, peer, IsProposer, random), start);
    }

    /// <summary>Writes the next datagram that is due.</summary>
    public int PollTransmit(Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        transmit = default;
        if (_shots is not { } shots || !shots.TryNext(out var socket, out var to, out var hops, now))
        {
            return 0;
        }

        var datagram = new PunchDatagram(Number, (ushort)(shots.Sent - 1), 0);
        datagram.Write(destination);
        var length = (datagram with { Tag = PunchTag.Compute(_key, destination, IsProposer) }).Write(destination);
        transmit = new Transmit(socket is { } side ? SocketEndpoint.Of(side, to) : to, Alone: true, Ecn: false) { Ttl = hops };
        return length;
    }

    /// <summary>Says whether a datagram of this attempt is the peer's.</summary>
    /// <param name="datagram">As it was read.</param>
    /// <param name="bytes">All of it.</param>
    public bool Verify(in PunchDatagram datagram, ReadOnlySpan<byte> bytes) =>
        PunchTag.Compute(_key, bytes, !IsProposer) == datagram.Tag;

    /// <inheritdoc cref="PunchHits.Take"/>
    public bool IsHit(UdpEndpoint source, ushort number, MonoTime now) => _hits.Take(source, number, now);

    /// <summary>Nothing is sent any more, and nothing verifies.</summary>
    public void End() => _key.AsSpan().Clear();
}
