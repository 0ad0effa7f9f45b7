using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>What came of a STUN question.</summary>
/// <param name="Id">Of the transaction, as <see cref="StunClients.TryAsk"/> gave it out.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Outcome">Never <see cref="StunOutcome.Pending"/>.</param>
internal readonly record struct StunResult(TransactionId Id, StunQuestion Question, StunOutcome Outcome)
{
    /// <summary>Where the server sees the asking socket; only when it answered.</summary>
    public UdpEndpoint Mapped { get; init; }

    /// <summary>The server's other address and port, when it offers behaviour discovery (RFC 5780, section 7.4).</summary>
    public UdpEndpoint? Other { get; init; }

    /// <summary>Where the answer came from.</summary>
    public UdpEndpoint From { get; init; }

    /// <summary>300 to 699 when the server refused; 420 also when its answer holds what must be understood and is not.</summary>
    public int ErrorCode { get; init; }

    /// <summary>From question to answer; null when it was sent more than once, since the answer may be to any of them.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
