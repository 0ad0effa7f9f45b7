using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>When a question is sent again, when it is given up, and which answers are its own.</summary>
public sealed class StunTransactionTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly TransactionId Id = new(1, 2);
    private static readonly UdpEndpoint Server = Parse("192.0.2.1:3478");
    private static readonly UdpEndpoint Mapped = Parse("203.0.113.5:40000");

    /// <summary>The example of RFC 8489, section 6.2.1: initial timeout of 500 ms, Rc = 7, Rm = 16.</summary>
    [Fact]
    public void Sends_at_the_times_of_the_rfc_example_then_times_out()
    {
        var transaction = new StunTransaction(Id, new StunQuestion(Server), Start);

        var (sentAt, endedAt) = RunUntilDone(transaction);

        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500], sentAt);
        Assert.Equal(39_500, endedAt);
        Assert.Equal(StunOutcome.TimedOut, transaction.Result.Outcome);
    }

    [Fact]
    public void Short_patience_ends_after_two_and_a_half_seconds()
    {
        var transaction = new StunTransaction(Id, new StunQuestion(Server) { Patience = StunPatience.Short }, Start);

        var (sentAt, endedAt) = RunUntilDone(transaction);

        Assert.Equal([0, 500, 1_500], sentAt);
        Assert.Equal(2_500, endedAt);
    }

    [Fact]
    public void An_answer_ends_it_with_endpoint_and_round_trip()
    {
        var transaction = Sent(new StunQuestion(Server));

        Assert.True(Take(transaction, Server, Success(Id)));

        Assert.Equal(StunOutcome.Answered, transaction.Result.Outcome);
        Assert.Equal(Mapped, transaction.Result.Mapped);
        Assert.Equal(TimeSpan.FromMilliseconds(30), transaction.Result.RoundTrip);
        Assert.Null(transaction.NextTimeout);
    }

    [Fact]
    public void A_round_trip_is_not_told_when_it_may_be_of_either_send()
    {
        var transaction = Sent(new StunQuestion(Server));
        transaction.HandleTimeout(Start + TimeSpan.FromMilliseconds(500));
        Assert.True(transaction.PollTransmit(new byte[64], Start + TimeSpan.FromMilliseconds(500)) > 0);

        Assert.True(transaction.HandleAnswer(0, Server, Read(Success(Id)), Start + TimeSpan.FromMilliseconds(510)));

        Assert.Null(transaction.Result.RoundTrip);
    }

    [Fact]
    public void An_answer_from_elsewhere_to_another_socket_or_of_another_id_is_not_taken()
    {
        var transaction = Sent(new StunQuestion(Server, Socket: 3));

        Assert.False(transaction.HandleAnswer(3, Parse("192.0.2.1:3479"), Read(Success(Id)), Start));
        Assert.False(transaction.HandleAnswer(3, Parse("192.0.2.2:3478"), Read(Success(Id)), Start));
        Assert.False(transaction.HandleAnswer(2, Server, Read(Success(Id)), Start));
        Assert.False(transaction.HandleAnswer(3, Server, Read(Success(new TransactionId(1, 3))), Start));
        Assert.False(transaction.HandleAnswer(3, Server, Read(Request(Id)), Start));
        Assert.Equal(StunOutcome.Pending, transaction.Result.Outcome);
        Assert.True(transaction.HandleAnswer(3, Server, Read(Success(Id)), Start));
        Assert.False(transaction.HandleAnswer(3, Server, Read(Success(Id)), Start));
    }

    [Fact]
    public void An_answer_before_the_question_was_sent_is_not_taken() =>
        Assert.False(Take(new StunTransaction(Id, new StunQuestion(Server), Start), Server, Success(Id)));

    [Fact]
    public void A_changed_answer_comes_from_the_other_endpoint_and_its_refusal_from_the_one_asked()
    {
        var question = new StunQuestion(Server) { Change = StunChange.Port, AnswerFrom = Parse("192.0.2.1:3479") };
        var answered = Sent(question);
        var refused = Sent(question);

        Assert.True(Take(answered, question.AnswerFrom, Success(Id)));
        Assert.False(Take(refused, question.AnswerFrom, Error(Id, 420)));
        Assert.True(Take(refused, Server, Error(Id, 420)));

        Assert.Equal(question.AnswerFrom, answered.Result.From);
        Assert.Equal((StunOutcome.Refused, 420), (refused.Result.Outcome, refused.Result.ErrorCode));
    }

    [Fact]
    public void An_answer_that_must_be_understood_and_is_not_is_a_failure()
    {
        var transaction = Sent(new StunQuestion(Server));
        var buffer = new byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, Id);
        writer.AddEndpoint(StunAttributeType.XorMappedAddress, Mapped);
        writer.Add(0x7F00, [1]);

        Assert.True(Take(transaction, Server, buffer[..writer.Length]));

        Assert.Equal(StunOutcome.Refused, transaction.Result.Outcome);
    }

    [Fact]
    public void An_answer_of_an_old_server_tells_the_address_in_clear()
    {
        var transaction = Sent(new StunQuestion(Server));
        var buffer = new byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, Id);
        writer.AddEndpoint(StunAttributeType.MappedAddress, Mapped);
        writer.AddEndpoint(StunAttributeType.ChangedAddress, Server);

        Assert.True(Take(transaction, Server, buffer[..writer.Length]));

        Assert.Equal(Mapped, transaction.Result.Mapped);
    }

    [Fact]
    public void Questions_keep_their_bytes()
    {
        var buffer = new byte[StunRequest.MaxSize];
        var plain = StunRequest.Write(buffer, Id, new StunQuestion(Server));

        Assert.Equal(
            "000100182112a442000000010000000000000002" + "8022000a4d6573684163746f72730000" + "80280004eb0872d2",
            Convert.ToHexStringLower(buffer.AsSpan(0, plain)));

        var question = new StunQuestion(Server) { Change = StunChange.Address, ResponsePort = 7 };
        Assert.Equal(StunRequest.MaxSize, StunRequest.Write(buffer, Id, question));
        Assert.True(Read(buffer).IsFingerprintRightOrAbsent());
    }

    private static (List<int> SentAt, int EndedAt) RunUntilDone(StunTransaction transaction)
    {
        var now = Start;
        var sentAt = new List<int>();
        while (!transaction.IsOver)
        {
            while (transaction.PollTransmit(new byte[64], now) > 0)
            {
                sentAt.Add((int)(now - Start).TotalMilliseconds);
            }

            now = transaction.NextTimeout!.Value;
            transaction.HandleTimeout(now);
        }

        return (sentAt, (int)(now - Start).TotalMilliseconds);
    }

    private static StunTransaction Sent(StunQuestion question)
    {
        var transaction = new StunTransaction(Id, question, Start);
        Assert.True(transaction.PollTransmit(new byte[64], Start) > 0);
        return transaction;
    }

    private static bool Take(StunTransaction transaction, UdpEndpoint source, byte[] bytes) =>
        transaction.HandleAnswer(0, source, Read(bytes), Start + TimeSpan.FromMilliseconds(30));

    private static StunMessage Read(byte[] bytes)
    {
        Assert.True(StunMessage.TryRead(bytes, out var message));
        return message;
    }

    private static byte[] Success(TransactionId id)
    {
        var buffer = new byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, id);
        writer.AddEndpoint(StunAttributeType.XorMappedAddress, Mapped);
        return buffer[..writer.Length];
    }

    private static byte[] Error(TransactionId id, int code)
    {
        var buffer = new byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingError, id);
        writer.AddError(code, []);
        return buffer[..writer.Length];
    }

    private static byte[] Request(TransactionId id)
    {
        var buffer = new byte[StunMessage.MaxSize];
        return buffer[..StunRequest.Write(buffer, id, new StunQuestion(Server))];
    }

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
