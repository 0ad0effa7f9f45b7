using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>Many questions over one socket, and their results.</summary>
public sealed class StunClientsTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly UdpEndpoint Me = Parse("203.0.113.5:40000");

    private readonly StunClients _clients = new(new SeededRandom(1));
    private readonly byte[] _buffer = new byte[StunMessage.MaxSize];

    [Fact]
    public void Each_question_gets_the_answer_to_it()
    {
        var server = new StunServer(new());
        Assert.True(_clients.TryAsk(new StunQuestion(Parse("192.0.2.1:3478")), Start, out var first));
        Assert.True(_clients.TryAsk(new StunQuestion(Parse("192.0.2.2:3478")), Start, out var second));
        Assert.NotEqual(first, second);

        var asked = 0;
        while (_clients.PollTransmit(_buffer, out var to, Start) is > 0 and var length)
        {
            asked++;
            var answer = new byte[StunMessage.MaxSize];
            var source = Me with { Port = (ushort)(Me.Port + asked) };
            server.HandleDatagram(StunSocket.Primary, source, _buffer.AsSpan(0, length), Start, answer, out var written);
            Assert.True(_clients.HandleDatagram(to, answer.AsSpan(0, written.Length), Start));
            Assert.False(_clients.HandleDatagram(to, answer.AsSpan(0, written.Length), Start));
        }

        Assert.Equal(2, asked);
        Assert.True(_clients.TryTakeResult(out var one));
        Assert.True(_clients.TryTakeResult(out var two));
        Assert.False(_clients.TryTakeResult(out _));
        Assert.Equal((first, Me with { Port = 40_001 }), (one.Id, one.Mapped));
        Assert.Equal((second, Me with { Port = 40_002 }), (two.Id, two.Mapped));
        Assert.Equal(0, _clients.Count);
        Assert.Null(_clients.NextTimeout);
    }

    [Fact]
    public void At_the_bound_a_question_is_not_taken_until_a_result_was()
    {
        var question = new StunQuestion(Parse("192.0.2.1:3478")) { Patience = StunPatience.Short };
        for (var i = 0; i < StunClients.MaxTransactions; i++)
        {
            Assert.True(_clients.TryAsk(question, Start, out _));
        }

        Assert.False(_clients.TryAsk(question, Start, out _));
        var now = Start;
        while (_clients.NextTimeout is { } due)
        {
            now = due;
            _clients.HandleTimeout(now);
            while (_clients.PollTransmit(_buffer, out _, now) > 0)
            {
            }
        }

        Assert.Equal(TimeSpan.FromMilliseconds(2_500), now - Start);
        Assert.False(_clients.TryAsk(question, now, out _));
        Assert.True(_clients.TryTakeResult(out var result));
        Assert.Equal(StunOutcome.TimedOut, result.Outcome);
        Assert.True(_clients.TryAsk(question, now, out _));
    }

    [Fact]
    public void A_cancelled_question_is_sent_no_more_and_has_no_result()
    {
        Assert.True(_clients.TryAsk(new StunQuestion(Parse("192.0.2.1:3478")), Start, out var id));

        _clients.Cancel(id);

        Assert.Equal(0, _clients.PollTransmit(_buffer, out _, Start));
        Assert.False(_clients.TryTakeResult(out _));
        Assert.Null(_clients.NextTimeout);
    }

    [Fact]
    public void Nothing_that_is_no_answer_is_taken()
    {
        Assert.True(_clients.TryAsk(new StunQuestion(Parse("192.0.2.1:3478"), Socket: 4), Start, out _));
        var length = _clients.PollTransmit(_buffer, out var socket, out var to, Start);

        Assert.Equal(4, socket);
        Assert.False(_clients.HandleDatagram(4, to, _buffer.AsSpan(0, length), Start));
        Assert.False(_clients.HandleDatagram(4, to, [], Start));
        Assert.False(_clients.HandleDatagram(4, to, new byte[1_500], Start));
    }

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
