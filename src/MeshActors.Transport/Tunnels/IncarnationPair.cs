using System;
using System.Collections.Generic;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Names the streams' state of one tunnel by both sides' incarnations, and says whether a further session continues it.</summary>
/// <remarks>
/// Streams go on exactly when the pair of a new session is the pair held, or when none is held yet (docs/protocol.md,
/// section 3.3). A responder whose held pair names another initiator offers a fresh value, and the same one in every
/// answer to that initiator until <see cref="OfferLifetime"/> after the last: two sessions under way at once can
/// therefore never name two states by one pair. A pair that was given up is never taken again: when both dial around a
/// restart, one side may hold a state still that the other has left.
/// </remarks>
internal sealed class IncarnationPair
{
    /// <summary>An offer outlives the pending sessions that carry it: they last at most 10 s.</summary>
    public static readonly TimeSpan OfferLifetime = TimeSpan.FromSeconds(10);

    /// <summary>Pairs remembered that name states given up here; a handshake under way can carry one of the last few.</summary>
    private const int MaxGivenUp = 16;

    private readonly IRandomSource _random;
    private readonly Queue<(ulong Own, ulong Peer)> _givenUp = new();
    private (ulong Initiator, ulong Offered, MonoTime Until)? _offer;

    /// <param name="random">Fresh values.</param>
    /// <param name="own">This side's value; null for a fresh one.</param>
    public IncarnationPair(IRandomSource random, ulong? own = null)
    {
        _random = random;
        Own = own ?? Fresh();
    }

    /// <summary>This side's value: what an initiator puts into message 1.</summary>
    public ulong Own { get; private set; }

    /// <summary>The peer's value; null before the first session.</summary>
    public ulong? Peer { get; private set; }

    /// <summary>What a responder puts into message 2.</summary>
    /// <param name="initiator">The initiator's value of message 1.</param>
    /// <param name="now">The present.</param>
    public ulong OfferTo(ulong initiator, MonoTime now)
    {
        if (Peer is null || Peer == initiator)
        {
            return Own;
        }

        var offered = _offer is { } offer && offer.Initiator == initiator && now < offer.Until
            ? offer.Offered
            : Fresh();
        _offer = (initiator, offered, now + OfferLifetime);
        return offered;
    }

    /// <summary>True when this pair names the state held.</summary>
    public bool Names(ulong own, ulong peer) => own == Own && peer == Peer;

    /// <summary>A session with this pair is in force.</summary>
    /// <returns>False when the streams' state so far has ended and a new one begins.</returns>
    public bool Adopt(ulong own, ulong peer)
    {
        var continues = own == Own && (Peer is null || Peer == peer);
        if (!continues)
        {
            GiveUp();
        }

        Own = own;
        Peer = peer;
        return continues;
    }

    /// <summary>True when this pair names a state that was given up here: the peer may hold it still, but nothing can go on in it.</summary>
    public bool IsGivenUp(ulong own, ulong peer) => _givenUp.Contains((own, peer));

    /// <summary>Gives the state up and begins a new one under a value that no handshake has carried.</summary>
    public void Renew()
    {
        GiveUp();
        Own = Fresh();
        Peer = null;
    }

    private void GiveUp()
    {
        if (Peer is not { } peer)
        {
            return;
        }

        if (_givenUp.Count == MaxGivenUp)
        {
            _givenUp.Dequeue();
        }

        _givenUp.Enqueue((Own, peer));
    }

    private ulong Fresh() => _random.NextUInt64();
}
