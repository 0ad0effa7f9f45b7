using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Stun;

/// <summary>One STUN question over UDP: when to send it, when to send it again, when to give up, which answer is its own.</summary>
/// <remarks>
/// Retransmission follows RFC 8489, section 6.2.1: the wait begins at the initial timeout and doubles after each send; after
/// the last one it is <see cref="StunPatience.FinalWaitFactor"/> initial timeouts. An answer counts only when it comes from
/// where it was asked for, to the socket it was asked for: who guesses 96 bits must also be on the path.
/// </remarks>
internal sealed class StunTransaction
{
    private const int UnknownAttributeCode = 420;

    private readonly StunQuestion _question;
    private MonoTime _sentAt;
    private MonoTime _deadline;
    private int _sends;
    private bool _isSendDue = true;

    public StunTransaction(TransactionId id, StunQuestion question, MonoTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(question.Patience.InitialTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(question.Patience.MaxSends, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(question.Patience.MaxSends, 16);
        _question = question;
        _deadline = now;
        Result = new StunResult(id, question, StunOutcome.Pending);
    }

    public TransactionId Id => Result.Id;

    public StunQuestion Question => _question;

    /// <summary>What came of it; <see cref="StunOutcome.Pending"/> at first.</summary>
    public StunResult Result { get; private set; }

    public bool IsOver => Result.Outcome != StunOutcome.Pending;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => IsOver ? null : _deadline;

    /// <summary>Takes an answer off the network.</summary>
    /// <returns>False when it is not an answer to this question.</returns>
    public bool HandleAnswer(int socket, UdpEndpoint from, StunMessage message, MonoTime now)
    {
        if (IsOver || _sends == 0 || message.Id != Id)
        {
            return false;
        }

        var result = Result with { From = from, RoundTrip = _sends == 1 ? now - _sentAt : null };
        if (message.Type == StunMessageType.BindingSuccess)
        {
            if (socket != _question.AnswerSocket || (from != _question.AnswerFrom && from != _question.To)
                || !TryReadMapped(message, out var mapped))
            {
                return false;
            }

            if (HasUnknown(message))
            {
                Result = result with { Outcome = StunOutcome.Refused, ErrorCode = UnknownAttributeCode };
                return true;
            }

            UdpEndpoint? other = message.TryReadEndpoint(StunAttributeType.OtherAddress, out var endpoint) ? endpoint : null;
            Result = result with { Outcome = StunOutcome.Answered, Mapped = mapped, Other = other };
            return true;
        }

        if (message.Type != StunMessageType.BindingError
            || socket != _question.Socket || from != _question.To || !message.TryReadErrorCode(out var code))
        {
            return false;
        }

        Result = result with { Outcome = StunOutcome.Refused, ErrorCode = code };
        return true;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (IsOver || _isSendDue || now < _deadline)
        {
            return;
        }

        if (_sends == _question.Patience.MaxSends)
        {
            Result = Result with { Outcome = StunOutcome.TimedOut };
            return;
        }

        _isSendDue = true;
    }

    /// <summary>Writes the question when it is to be sent now.</summary>
    /// <param name="destination">At least 64 bytes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written; 0 when nothing is to be sent.</returns>
    public int PollTransmit(Span<byte> destination, MonoTime now)
    {
        if (IsOver || !_isSendDue)
        {
            return 0;
        }

        var patience = _question.Patience;
        var factor = _sends == patience.MaxSends - 1 ? patience.FinalWaitFactor : 1 << _sends;
        _sentAt = now;
        _deadline = now + (factor * patience.InitialTimeout);
        _isSendDue = false;
        _sends++;
        return StunRequest.Write(destination, Id, _question);
    }

    /// <summary>An answer that has to be understood and cannot be is a failure (RFC 8489, section 6.3.3).</summary>
    private static bool HasUnknown(StunMessage message)
    {
        foreach (var attribute in message)
        {
            if (StunAttributeType.IsComprehensionRequired(attribute.Type)
                && !StunAttributeType.IsOfRfc8489(attribute.Type) && !StunAttributeType.IsOfRfc5780(attribute.Type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Servers older than RFC 5389 send the address in clear only.</summary>
    private static bool TryReadMapped(StunMessage message, out UdpEndpoint mapped) =>
        message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out mapped)
        || message.TryReadEndpoint(StunAttributeType.MappedAddress, out mapped);
}
