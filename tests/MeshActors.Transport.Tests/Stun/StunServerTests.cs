using System;
using CsCheck;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>What a server answers to whom, how much, and from where.</summary>
public sealed class StunServerTests
{
    /// <summary>Known, known with behaviour discovery only, unknown, and such that need not be known.</summary>
    private static readonly ushort[] Types = [0x20, 3, 0x26, 0x27, 0x24, 0x7F00, 0x8022, 0xC001];

    private static readonly MonoTime Start = new(0);
    private static readonly TransactionId Id = new(1, 2);
    private static readonly UdpEndpoint Client4 = Parse("203.0.113.5:40000");
    private static readonly UdpEndpoint Client6 = Parse("[2001:db8::5]:40000");

    private static readonly StunServerEndpoints Four = new(Parse("192.0.2.1:3478"), Parse("192.0.2.2:3479"));
    private static readonly StunServerEndpoints Four6 = new(Parse("[2001:db8:1::1]:3478"), Parse("[2001:db8:1::2]:3479"));

    [Theory]
    [InlineData("203.0.113.5:40000", 32)]
    [InlineData("[2001:db8::5]:40000", 44)]
    public void Says_where_the_asker_is_seen_within_2_2_times_the_bare_question(string source, int length)
    {
        var (verdict, answer, bytes) = Ask(new StunServer(new()), Bare(), Parse(source));

        Assert.Equal(StunVerdict.Answered, verdict);
        Assert.Equal((StunSocket.Primary, Parse(source), length), (answer.Socket, answer.To, answer.Length));
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal((StunMessageType.BindingSuccess, Id), (message.Type, message.Id));
        Assert.True(message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out var mapped));
        Assert.Equal(Parse(source), mapped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void The_shortest_question_that_is_not_understood_gets_no_longer_answer_either(int attributes)
    {
        var buffer = new byte[256];
        var question = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
        for (var i = 0; i < attributes; i++)
        {
            question.Add((ushort)(0x7F00 + i), []);
        }

        var (_, answer, bytes) = Ask(new StunServer(new()), buffer[..question.Length], Client4);

        Assert.InRange(answer.Length, StunMessage.HeaderSize, question.Length * 22 / 10);
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal(StunMessageType.BindingError, message.Type);
    }

    [Fact]
    public void No_answer_is_longer_than_2_2_times_its_question() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, Types.Length - 1], Gen.Int[0, 40]).Array[0, 16], Gen.Bool, Gen.Bool)
        .Sample((attributes, is6, hasFour) =>
        {
            var buffer = new byte[2_048];
            var writer = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
            foreach (var (type, size) in attributes)
            {
                writer.Add(Types[type], new byte[size]);
            }

            var server = new StunServer(new() { Endpoints = !hasFour ? null : is6 ? Four6 : Four });
            var (verdict, answer, _) = Ask(server, buffer[..writer.Length], is6 ? Client6 : Client4);

            return writer.Length > StunMessage.MaxSize
                ? verdict == StunVerdict.Malformed
                : verdict == StunVerdict.Answered && answer.Length * 10 <= writer.Length * 22;
        });

    [Theory]
    [InlineData(StunSocket.Primary, StunChange.None, "192.0.2.1:3478")]
    [InlineData(StunSocket.Primary, StunChange.Port, "192.0.2.1:3479")]
    [InlineData(StunSocket.Primary, StunChange.Address, "192.0.2.2:3478")]
    [InlineData(StunSocket.Primary, StunChange.Port | StunChange.Address, "192.0.2.2:3479")]
    [InlineData(StunSocket.OtherPort, StunChange.Port, "192.0.2.1:3478")]
    [InlineData(StunSocket.OtherAddress, StunChange.Port, "192.0.2.2:3479")]
    [InlineData(StunSocket.OtherBoth, StunChange.Port | StunChange.Address, "192.0.2.1:3478")]
    [InlineData(StunSocket.OtherBoth, StunChange.None, "192.0.2.2:3479")]
    internal void A_changed_answer_leaves_from_the_socket_that_was_asked_for(StunSocket socket, StunChange change, string origin)
    {
        var server = new StunServer(new() { Endpoints = Four });

        var (_, answer, bytes) = Ask(server, Question(change), Client4, socket);

        Assert.Equal(Parse(origin), Four.At(answer.Socket));
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(message.TryReadEndpoint(StunAttributeType.ResponseOrigin, out var said));
        Assert.Equal(Parse(origin), said);
        Assert.True(message.TryReadEndpoint(StunAttributeType.OtherAddress, out var other));
        Assert.Equal(Four.At(socket ^ StunSocket.OtherBoth), other);
    }

    [Fact]
    public void A_question_of_ours_has_room_for_three_ipv6_endpoints()
    {
        var (_, answer, bytes) = Ask(new StunServer(new() { Endpoints = Four6 }), Question(StunChange.None), Client6);

        Assert.Equal(92, answer.Length);
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(message.TryReadEndpoint(StunAttributeType.ResponseOrigin, out _));
    }

    [Fact]
    public void A_response_port_moves_the_answer_to_that_port_of_the_asker_alone()
    {
        var buffer = new byte[StunRequest.MaxSize];
        var length = StunRequest.Write(buffer, Id, new StunQuestion(Four.Primary) { ResponsePort = 7 });

        var (_, answer, _) = Ask(new StunServer(new() { Endpoints = Four }), buffer[..length], Client4);

        Assert.Equal(Client4 with { Port = 7 }, answer.To);
    }

    [Theory]
    [InlineData(StunAttributeType.ChangeRequest)]
    [InlineData(StunAttributeType.ResponsePort)]
    [InlineData(StunAttributeType.Padding)]
    [InlineData((ushort)0x0024)]
    public void What_must_be_understood_and_is_not_is_refused_by_name(ushort type)
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
        writer.Add(type, [0, 0, 0, 6]);

        var (verdict, answer, bytes) = Ask(new StunServer(new()), buffer[..writer.Length], Client4);

        Assert.Equal(StunVerdict.Answered, verdict);
        Assert.Equal((StunSocket.Primary, Client4), (answer.Socket, answer.To));
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal(StunMessageType.BindingError, message.Type);
        Assert.True(message.TryReadErrorCode(out var code));
        Assert.Equal(420, code);
        Assert.True(message.TryFind(StunAttributeType.UnknownAttributes, out var unknown));
        Assert.Equal([(byte)(type >> 8), (byte)type], unknown.Value.ToArray());
        Assert.False(message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out _));
    }

    [Fact]
    public void What_need_not_be_understood_is_passed_over()
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
        writer.Add(0xC057, [0, 1, 0, 10]);
        writer.Add(StunAttributeType.Username, "user"u8);

        var (_, _, bytes) = Ask(new StunServer(new()), buffer[..writer.Length], Client4);

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal(StunMessageType.BindingSuccess, message.Type);
    }

    [Fact]
    public void Everything_else_is_met_with_silence()
    {
        var server = new StunServer(new());
        var wrongFingerprint = Question(StunChange.None);
        wrongFingerprint[^1] ^= 1;

        Assert.Equal(StunVerdict.Malformed, Ask(server, wrongFingerprint, Client4).Verdict);
        Assert.Equal(StunVerdict.Malformed, Ask(server, [0xC0, .. new byte[40]], Client4).Verdict);
        Assert.Equal(StunVerdict.NoQuestion, Ask(server, Header(StunMessageType.BindingIndication), Client4).Verdict);
        Assert.Equal(StunVerdict.NoQuestion, Ask(server, Header(StunMessageType.BindingSuccess), Client4).Verdict);
        Assert.Equal(StunVerdict.NoQuestion, Ask(server, Header(StunMessageType.BindingError), Client4).Verdict);
        Assert.Equal(StunVerdict.NoQuestion, Ask(server, Header(0x0003), Client4).Verdict);
        Assert.Equal(StunVerdict.Answered, Ask(server, Bare(), Client4).Verdict);
    }

    [Fact]
    public void A_prefix_that_asks_too_often_is_held_to_its_share_while_others_are_answered()
    {
        var server = new StunServer(new()
        {
            PrefixRate = new BucketRate(1, 4),
            NodeRate = new BucketRate(1, 40),
        });
        var answered = 0;
        while (Ask(server, Bare(), Client4).Verdict == StunVerdict.Answered)
        {
            answered++;
        }

        Assert.InRange(answered, 4, 30);
        Assert.Equal(StunVerdict.RateLimited, Ask(server, Bare(), Client4 with { Port = 1 }).Verdict);
        Assert.Equal(StunVerdict.Answered, Ask(server, Bare(), Client6).Verdict);
    }

    [Fact]
    public void Endpoints_that_do_not_differ_in_both_are_a_mistake()
    {
        Assert.Throws<ArgumentException>(() => new StunServerEndpoints(Parse("192.0.2.1:1"), Parse("192.0.2.1:2")));
        Assert.Throws<ArgumentException>(() => new StunServerEndpoints(Parse("192.0.2.1:1"), Parse("192.0.2.2:1")));
        Assert.Throws<ArgumentException>(() => new StunServerEndpoints(Parse("192.0.2.1:1"), Parse("[2001:db8::1]:2")));
    }

    [Fact]
    public void An_answer_allocates_nothing()
    {
        var server = new StunServer(new() { Endpoints = Four });
        var question = Question(StunChange.Port);
        var buffer = new byte[StunMessage.MaxSize];
        Assert.Equal(StunVerdict.Answered, server.HandleDatagram(StunSocket.Primary, Client4, question, Start, buffer, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = server.HandleDatagram(StunSocket.Primary, Client4, question, Start, buffer, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static (StunVerdict Verdict, StunAnswer Answer, byte[] Bytes) Ask(
        StunServer server, byte[] question, UdpEndpoint source, StunSocket socket = StunSocket.Primary)
    {
        var buffer = new byte[StunMessage.MaxSize];
        var verdict = server.HandleDatagram(socket, source, question, Start, buffer, out var answer);
        return (verdict, answer, buffer[..answer.Length]);
    }

    private static byte[] Bare() => Header(StunMessageType.BindingRequest);

    private static byte[] Header(ushort type)
    {
        var buffer = new byte[StunMessage.HeaderSize];
        _ = new StunWriter(buffer, type, Id);
        return buffer;
    }

    private static byte[] Question(StunChange change)
    {
        var buffer = new byte[StunRequest.MaxSize];
        return buffer[..StunRequest.Write(buffer, Id, new StunQuestion(Four.Primary) { Change = change })];
    }

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
