using System;
using System.Buffers.Binary;
using CsCheck;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>What the reader takes, what it refuses, and that it reads what the writer wrote.</summary>
public sealed class StunMessageTests
{
    private static readonly TransactionId Id = new(0x0102_0304, 0x0506_0708_090A_0B0C);

    private static readonly Gen<UdpEndpoint> Endpoint = Gen.Select(Gen.ULong, Gen.ULong, Gen.UShort[1, 65_535], Gen.Bool)
        .Select((high, low, port, is4) => new UdpEndpoint(
            is4 ? UdpEndpoint.MappedPrefix | (low & uint.MaxValue) : new UInt128(high | (1ul << 61), low), port));

    [Fact]
    public void A_binding_request_keeps_its_bytes()
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
        writer.AddChange(StunChange.Address | StunChange.Port);
        writer.AddResponsePort(0x1234);
        writer.AddPadding(2);

        Assert.Equal(
            "000100182112a4420102030405060708090a0b0c" + "0003000400000006" + "0027000412340000" + "0026000200000000",
            Convert.ToHexStringLower(buffer[..writer.Length]));
    }

    [Fact]
    public void An_answer_is_read_as_it_was_written() =>
        Gen.Select(Gen.UInt, Gen.ULong, Endpoint, Endpoint, Gen.Byte.Array[0, 60]).Sample((high, low, mapped, other, software) =>
        {
            Span<byte> buffer = stackalloc byte[StunMessage.MaxSize];
            var id = new TransactionId(high, low);
            var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, id);
            writer.AddEndpoint(StunAttributeType.XorMappedAddress, mapped);
            writer.AddEndpoint(StunAttributeType.OtherAddress, other);
            writer.Add(StunAttributeType.Software, software);
            writer.AddIntegrity(StunAttributeType.MessageIntegrity, "key"u8);
            writer.AddIntegrity(StunAttributeType.MessageIntegritySha256, "key"u8);
            writer.AddFingerprint();

            Assert.True(StunMessage.TryRead(buffer[..writer.Length], out var message));
            Assert.Equal(id, message.Id);
            Assert.True(message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out var readMapped));
            Assert.Equal(mapped, readMapped);
            Assert.True(message.TryReadEndpoint(StunAttributeType.OtherAddress, out var readOther));
            Assert.Equal(other, readOther);
            Assert.True(message.TryFind(StunAttributeType.Software, out var readSoftware));
            Assert.Equal(software, readSoftware.Value.ToArray());
            Assert.True(message.VerifyIntegrity(StunAttributeType.MessageIntegrity, "key"u8));
            Assert.True(message.VerifyIntegrity(StunAttributeType.MessageIntegritySha256, "key"u8));
            Assert.False(message.VerifyIntegrity(StunAttributeType.MessageIntegritySha256, "kex"u8));
            Assert.True(message.IsFingerprintRightOrAbsent());
        });

    [Fact]
    public void An_error_names_its_code_and_the_unknown_attributes()
    {
        Span<byte> buffer = stackalloc byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingError, Id);
        writer.AddError(420, "Unknown Attribute"u8);
        writer.AddUnknown([0x0024, 0x7F00]);

        Assert.True(StunMessage.TryRead(buffer[..writer.Length], out var message));
        Assert.True(message.TryReadErrorCode(out var code));
        Assert.Equal(420, code);
        Assert.True(message.TryFind(StunAttributeType.UnknownAttributes, out var unknown));
        Assert.Equal("00247f00", Convert.ToHexStringLower(unknown.Value));
    }

    [Fact]
    public void What_stands_behind_the_integrity_is_not_found()
    {
        Span<byte> buffer = stackalloc byte[StunMessage.MaxSize];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, Id);
        writer.AddIntegrity(StunAttributeType.MessageIntegrity, "key"u8);
        writer.AddEndpoint(StunAttributeType.XorMappedAddress, new UdpEndpoint(UdpEndpoint.MappedPrefix | 1, 2));
        writer.AddFingerprint();

        Assert.True(StunMessage.TryRead(buffer[..writer.Length], out var message));
        Assert.True(message.VerifyIntegrity(StunAttributeType.MessageIntegrity, "key"u8));
        Assert.False(message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out _));
        Assert.True(message.TryFind(StunAttributeType.Fingerprint, out _));
    }

    [Fact]
    public void Length_cookie_and_first_byte_have_to_be_right()
    {
        var bytes = Message(attributes: 1, valueSize: 4);

        Assert.True(StunMessage.TryRead(bytes, out _));
        Assert.False(StunMessage.TryRead(bytes.AsSpan(0, bytes.Length - 4), out _));
        Assert.False(StunMessage.TryRead([.. bytes, 0, 0, 0, 0], out _));
        Assert.False(StunMessage.TryRead(Changed(bytes, 0, 4), out _));
        Assert.False(StunMessage.TryRead(Changed(bytes, 0, 0xC0), out _));
        Assert.False(StunMessage.TryRead(Changed(bytes, 7, 0x43), out _));
        Assert.False(StunMessage.TryRead(Changed(bytes, 3, 7), out _));
        Assert.False(StunMessage.TryRead(Changed(bytes, 23, 5), out _));
        Assert.False(StunMessage.TryRead([], out _));
    }

    [Fact]
    public void More_than_16_attributes_or_548_bytes_are_refused()
    {
        Assert.True(StunMessage.TryRead(Message(StunMessage.MaxAttributes, valueSize: 1), out _));
        Assert.False(StunMessage.TryRead(Message(StunMessage.MaxAttributes + 1, valueSize: 1), out _));
        Assert.True(StunMessage.TryRead(Message(attributes: 1, StunMessage.MaxSize - 24), out _));
        Assert.False(StunMessage.TryRead(Message(attributes: 1, StunMessage.MaxSize - 20), out _));
    }

    [Theory]
    [InlineData("0001" + "0000" + "c0000201", "port 0")]
    [InlineData("0002" + "0050" + "c0000201", "IPv6 of 4 bytes")]
    [InlineData("0003" + "0050" + "c0000201", "no family")]
    [InlineData("0001" + "0050" + "c000020100", "5 bytes")]
    [InlineData("0002" + "0050" + "00000000000000000000ffffc0000201", "IPv4 mapped into IPv6")]
    [InlineData("", "nothing")]
    public void An_endpoint_that_means_nothing_is_none(string value, string because) =>
        Assert.False(StunAddress.TryRead(Convert.FromHexString(value), isXored: false, Id, out _), because);

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        var buffer = new byte[StunMessage.MaxSize];
        WriteAndRead(buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            WriteAndRead(buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void WriteAndRead(byte[] buffer)
    {
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, Id);
        writer.AddEndpoint(StunAttributeType.XorMappedAddress, new UdpEndpoint(UdpEndpoint.MappedPrefix | 1, 2));
        writer.AddFingerprint();
        if (!StunMessage.TryRead(buffer.AsSpan(0, writer.Length), out var message)
            || !message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out _)
            || !message.IsFingerprintRightOrAbsent())
        {
            Assert.Fail("was written and is not read");
        }
    }

    private static byte[] Message(int attributes, int valueSize)
    {
        var buffer = new byte[1_024];
        var writer = new StunWriter(buffer, StunMessageType.BindingRequest, Id);
        for (var i = 0; i < attributes; i++)
        {
            writer.Add(StunAttributeType.Software, new byte[valueSize]);
        }

        Assert.Equal(writer.Length - StunMessage.HeaderSize, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)));
        return buffer[..writer.Length];
    }

    private static byte[] Changed(byte[] bytes, int index, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[index] = value;
        return changed;
    }
}
