using System;
using System.Linq;
using CsCheck;
using Google.Protobuf;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Discovery;

public sealed class RecordCodecTests
{
    private static readonly NodeRecord Full = new(
        SomeNodes.Peer(1) with { Endpoints = [SomeNodes.Endpoint("192.0.2.1:7400"), SomeNodes.Endpoint("[2001:db8::1]:1")] },
        "eu-west",
        7,
        [
            new CapabilityDescriptor(
                "fx", new CapabilityVersion(1, 2, 3), """{"type":"object"}""", "{}", ["spot", "swap"], [new("k", "v")]),
            SomeNodes.Offer("gx"),
        ]);

    [Fact]
    public void A_record_goes_round_in_a_registration()
    {
        var bytes = RecordCodec.ToRegister(Full, TimeSpan.FromHours(12)).ToByteArray();

        Assert.True(RecordCodec.TryRead(RegisterRecord.Parser.ParseFrom(bytes), out var read));
        AssertEqual(Full, read);
    }

    [Fact]
    public void A_record_goes_round_in_an_answer()
    {
        var bytes = RecordCodec.ToWire(new RecordMatch(Full, 0.995)).ToByteArray();

        Assert.True(RecordCodec.TryRead(WireRecord.Parser.ParseFrom(bytes), out var read));
        AssertEqual(Full, read.Record);
        Assert.Equal(0.995, read.Uptime, 6);
    }

    [Fact]
    public void A_question_goes_round()
    {
        var question = SomeNodes.Ask("fx", new CapabilityFilter
        {
            Tags = ["swap", "spot"],
            Region = "eu-west",
            Version = new CapabilityVersion(1, 2),
            MinUptime = 0.995,
        });

        Assert.True(RecordCodec.TryRead(RecordCodec.ToWire(question, 5), out var read));
        Assert.Equal(question, read);
        Assert.True(RecordCodec.TryRead(RecordCodec.ToWire(SomeNodes.Ask("fx"), 5), out var bare));
        Assert.Equal(SomeNodes.Ask("fx"), bare);
    }

    [Fact]
    public void Each_field_out_of_its_bounds_is_refused()
    {
        Action<RegisterRecord>[] spoilers =
        [
            m => m.Sequence = 0,
            m => m.Certificate = ByteString.CopyFrom(m.Certificate.Span[1..]),
            m => m.Certificate = ByteString.Empty,
            m => m.Region = "EU West",
            m => m.Endpoints.Add(Enumerable.Repeat(m.Endpoints[0], 7)),
            m => m.Endpoints[0].Port = 0,
            m => m.Endpoints[0].Port = 65_536,
            m => m.Endpoints[0].Ip = ByteString.CopyFrom(1, 2, 3),
            m => m.Endpoints[0].Ip = ByteString.CopyFrom(0, 0, 0, 0),
            m => m.Endpoints[0].Ip = ByteString.CopyFrom(224, 0, 0, 1),
            m => m.Endpoints[0].Ip = ByteString.CopyFrom(255, 255, 255, 255),
            m => m.Capabilities.Add(Enumerable.Repeat(m.Capabilities[0], 31)),
            m => m.Capabilities[0].Name = "FX",
            m => m.Capabilities[0].Version = "one",
            m => m.Capabilities[0].Tags.Add("Spot"),
            m => m.Capabilities[0].Tags.Add(Enumerable.Repeat("spot", 17)),
            m => m.Capabilities[0].Metadata["Bad Key"] = "v",
            m => m.Capabilities[0].RequestSchema = new string(' ', CapabilityBounds.MaxSchema + 1),
            m => m.Capabilities.Add(Enumerable.Repeat(Large(), 9)),
        ];

        foreach (var (index, spoil) in spoilers.Index())
        {
            var message = RecordCodec.ToRegister(Full, TimeSpan.FromHours(12));
            spoil(message);
            Assert.False(RecordCodec.TryRead(message, out _), $"spoiler {index} was taken");
        }
    }

    [Fact]
    public void An_answer_with_a_certificate_nobody_signed_is_refused()
    {
        var message = RecordCodec.ToWire(new RecordMatch(Full, 1));
        var certificate = message.Certificate.ToByteArray();
        certificate[110] ^= 1;
        message.Certificate = ByteString.CopyFrom(certificate);

        Assert.False(RecordCodec.TryRead(message, out _));
    }

    [Fact]
    public void Anything_may_arrive() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            if (DirectoryFraming.TryRead(bytes, out DirectoryRequest? request))
            {
                _ = request.Register is { } register && RecordCodec.TryRead(register, out _);
                _ = request.Query is { } query && RecordCodec.TryRead(query, out _);
            }

            if (DirectoryFraming.TryRead(bytes, out DirectoryReply? reply) && reply.Result is { } result)
            {
                _ = result.Records.Count(record => RecordCodec.TryRead(record, out _));
            }
        });

    [Fact]
    public void A_damaged_registration_is_a_record_or_nothing()
    {
        var whole = new DirectoryRequest { Id = 1, Register = RecordCodec.ToRegister(Full, TimeSpan.FromHours(1)) }
            .ToByteArray();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[1, whole.Length]).Sample((at, value, length) =>
        {
            var bytes = whole.ToArray();
            bytes[at] = value;
            if (DirectoryFraming.TryRead(bytes.AsMemory(0, length), out DirectoryRequest? request))
            {
                _ = request.Register is { } register && RecordCodec.TryRead(register, out _);
            }
        });
    }

    private static WireCapability Large() => new()
    {
        Name = "large",
        Version = "1.0",
        RequestSchema = new string(' ', CapabilityBounds.MaxSchema),
    };

    private static void AssertEqual(NodeRecord expected, NodeRecord actual)
    {
        Assert.Equal(expected.Key, actual.Key);
        Assert.Equal(expected.Peer.Certificate, actual.Peer.Certificate);
        Assert.Equal<object>(expected.Peer.Endpoints.Cast<object>(), actual.Peer.Endpoints.Cast<object>());
        Assert.Equal(expected.Region, actual.Region);
        Assert.Equal(expected.Sequence, actual.Sequence);
        Assert.Equal(expected.Capabilities.AsEnumerable(), actual.Capabilities.AsEnumerable());
    }
}
