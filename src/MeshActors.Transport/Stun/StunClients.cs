using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Stun;

/// <summary>The STUN questions that a node has under way, over its one socket or over several numbered ones.</summary>
/// <remarks>A question keeps its place until its result was taken, so there is room for every result. At the bound no further question is taken.</remarks>
internal sealed class StunClients
{
    /// <summary>Questions at most, those whose result was not yet taken included; classifying a NAT takes about 30.</summary>
    public const int MaxTransactions = 64;

    private readonly IRandomSource _random;
    private readonly List<StunTransaction> _transactions = new(MaxTransactions);

    public StunClients(IRandomSource random)
    {
        _random = random;
    }

    /// <summary>Questions under way and results not yet taken.</summary>
    public int Count => _transactions.Count;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = null;
            foreach (var transaction in _transactions)
            {
                next = MonoTime.Earliest(next, transaction.NextTimeout);
            }

            return next;
        }
    }

    /// <summary>Begins a question.</summary>
    /// <returns>False when there are <see cref="MaxTransactions"/> already.</returns>
    public bool TryAsk(StunQuestion question, MonoTime now, out TransactionId id)
    {
        id = default;
        if (_transactions.Count == MaxTransactions)
        {
            return false;
        }

        id = TransactionId.Create(_random);
        _transactions.Add(new StunTransaction(id, question, now));
        return true;
    }

    /// <summary>Drops a question, its result included.</summary>
    public void Cancel(TransactionId id)
    {
        for (var index = 0; index < _transactions.Count; index++)
        {
            if (_transactions[index].Id == id)
            {
                _transactions.RemoveAt(index);
                return;
            }
        }
    }

    /// <summary>Takes a datagram that came to a socket.</summary>
    /// <returns>False when it is no answer to a question under way.</returns>
    public bool HandleDatagram(int socket, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (!StunMessage.TryRead(datagram, out var message) || !message.IsFingerprintRightOrAbsent())
        {
            return false;
        }

        foreach (var transaction in _transactions)
        {
            if (transaction.HandleAnswer(socket, from, message, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc cref="HandleDatagram(int, UdpEndpoint, ReadOnlySpan{byte}, MonoTime)"/>
    public bool HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now) =>
        HandleDatagram(0, from, datagram, now);

    public void HandleTimeout(MonoTime now)
    {
        foreach (var transaction in _transactions)
        {
            transaction.HandleTimeout(now);
        }
    }

    /// <summary>Writes the next question that is to be sent. Call until it returns 0.</summary>
    /// <param name="destination">At least <see cref="StunRequest.MaxSize"/> bytes.</param>
    /// <param name="socket">Number of the socket that it leaves from.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written; 0 when nothing is to be sent.</returns>
    public int PollTransmit(Span<byte> destination, out int socket, out UdpEndpoint to, MonoTime now)
    {
        foreach (var transaction in _transactions)
        {
            var written = transaction.PollTransmit(destination, now);
            if (written > 0)
            {
                socket = transaction.Question.Socket;
                to = transaction.Question.To;
                return written;
            }
        }

        socket = 0;
        to = default;
        return 0;
    }

    /// <inheritdoc cref="PollTransmit(Span{byte}, out int, out UdpEndpoint, MonoTime)"/>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now) =>
        PollTransmit(destination, out _, out to, now);

    /// <summary>Takes the result of a question that is over. Call until it returns false.</summary>
    public bool TryTakeResult(out StunResult result)
    {
        for (var index = 0; index < _transactions.Count; index++)
        {
            if (_transactions[index].IsOver)
            {
                result = _transactions[index].Result;
                _transactions.RemoveAt(index);
                return true;
            }
        }

        result = default;
        return false;
    }
}
