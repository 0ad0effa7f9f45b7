using System;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class ControlGateTests
{
    private static readonly byte[] Heartbeat = PayloadAddress.HeartbeatInstruction.ToArray();
    private static readonly byte[] Disassociate = [0x12, 0x02, 0x08, 0x02];

    private readonly ControlGate _gate = new();

    [Fact]
    public void Nothing_passes_before_the_association_began_and_then_all_in_order()
    {
        var user = TestPayloads.User("/user/a", number: 7);
        Assert.True(_gate.TryHandle(Heartbeat));
        Assert.True(_gate.TryHandle(user));
        Assert.False(_gate.TryTake(out _));

        _gate.Open();

        Assert.True(_gate.TryTake(out var first) && first.Span.SequenceEqual(Heartbeat));
        Assert.True(_gate.TryTake(out var second) && second.Span.SequenceEqual(user));
        Assert.False(_gate.TryTake(out _));
    }

    [Fact]
    public void Instructions_and_system_messages_are_never_taken_whatever_stands_beside_them()
    {
        var associate = RawTransport.AssociateFrom(new Akka.Actor.Address("mesh", "b", "host", 1)).ToByteArray();
        _gate.Open();

        Assert.False(_gate.TryHandle(associate));
        Assert.False(_gate.TryHandle(Disassociate));
        Assert.False(_gate.TryHandle(TestPayloads.System("/user/a", sequence: 0)));
        Assert.False(_gate.TryHandle(TestPayloads.System("/user/a", sequence: 8)));
        Assert.False(_gate.TryHandle((byte[])[.. TestPayloads.User("/user/a", 1), .. associate]));
        Assert.False(_gate.TryHandle((byte[])[.. Heartbeat, .. associate]));
        Assert.False(_gate.TryHandle((byte[])[.. associate, .. Heartbeat]));
        Assert.False(_gate.TryTake(out _));
    }

    /// <summary>Protobuf takes a field that is written in another way for another field: command 1 as a varint is ASSOCIATE, the same number as 8 bytes says nothing.</summary>
    [Theory]
    [InlineData("120B08010900030000000000000003")]
    [InlineData("1204080108033A00")]
    [InlineData("12028803")]
    [InlineData("FFFFFFFF0F")]
    [InlineData("")]
    public void Nor_is_what_only_looks_like_a_heartbeat(string hex)
    {
        _gate.Open();

        Assert.False(_gate.TryHandle(Convert.FromHexString(hex)));
    }
}
