using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class MessageAssemblerTests
{
    /// <summary>However the bytes are cut, the messages are those that were put together.</summary>
    [Fact]
    public void Takes_apart_what_was_put_together() =>
        Gen.Select(Gen.Byte.Array[1, 5_000].Array[1, 8], Gen.Int[1, 3_000].Array[1, 10]).Sample((messages, cuts) =>
        {
            var assembler = new MessageAssembler(StreamLimits.MaxMessageBytes);
            var heard = new List<byte[]>();
            ReadOnlySpan<byte> rest = MessageQueueTests.Concatenate(messages);
            for (var i = 0; !rest.IsEmpty; i++)
            {
                var part = rest[..Math.Min(rest.Length, cuts[i % cuts.Length])];
                rest = rest[part.Length..];
                while (!part.IsEmpty)
                {
                    if (assembler.Push(ref part, out var message) == AssemblyStep.Message)
                    {
                        heard.Add(message.ToArray());
                    }
                }
            }

            Assert.Equal(messages.Length, heard.Count);
            Assert.True(messages.Zip(heard).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)));
            Assert.True(assembler.IsBetweenMessages);
        });

    [Theory]
    [InlineData("00", "empty message")]
    [InlineData("81000001", "one more than 16 MiB")]
    [InlineData("4001", "1 in two bytes")]
    [InlineData("c000000000000001", "1 in eight bytes")]
    public void A_bad_length_is_named(string hex, string why)
    {
        ReadOnlySpan<byte> bytes = Convert.FromHexString(hex);

        Assert.True(new MessageAssembler(StreamLimits.MaxMessageBytes).Push(ref bytes, out _) == AssemblyStep.BadLength, why);
    }

    [Fact]
    public void The_longest_message_is_taken()
    {
        var prefix = new byte[4];
        VarInt.Write(prefix, StreamLimits.MaxMessageBytes);
        var assembler = new MessageAssembler(StreamLimits.MaxMessageBytes);
        ReadOnlySpan<byte> first = prefix;
        ReadOnlySpan<byte> all = new byte[StreamLimits.MaxMessageBytes];

        Assert.Equal(AssemblyStep.NeedsMore, assembler.Push(ref first, out _));
        Assert.Equal(AssemblyStep.Message, assembler.Push(ref all, out var message));
        Assert.Equal(StreamLimits.MaxMessageBytes, message.Length);
    }

    [Fact]
    public void A_claimed_length_costs_no_memory_before_the_bytes_arrive()
    {
        var bytes = new byte[4 + 10];
        VarInt.Write(bytes, StreamLimits.MaxMessageBytes);
        var assembler = new MessageAssembler(StreamLimits.MaxMessageBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadOnlySpan<byte> part = bytes;

        assembler.Push(ref part, out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MessageAssembler.FirstCapacity + 100);
    }

    [Theory]
    [InlineData(0, 2 * MessageAssembler.FirstCapacity)]
    [InlineData(StreamLimits.MaxMessageBytes + 4, StreamLimits.MaxMessageBytes)]
    public void Memory_for_all_of_a_claim_is_taken_only_when_there_is_credit_for_it(int creditBytes, int most)
    {
        var bytes = new byte[4 + MessageAssembler.FirstCapacity];
        VarInt.Write(bytes, StreamLimits.MaxMessageBytes);
        var assembler = new MessageAssembler(StreamLimits.MaxMessageBytes) { CreditBytes = creditBytes };
        ReadOnlySpan<byte> part = bytes;
        assembler.Push(ref part, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        part = bytes.AsSpan(0, 1);
        assembler.Push(ref part, out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, most, most + 100);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(70_000)]
    public void Memory_that_is_given_back_is_used_again(int length)
    {
        var bytes = new byte[VarInt.Size((ulong)length) + length];
        VarInt.Write(bytes, (ulong)length);
        var pool = new MessagePool();
        var assembler = new MessageAssembler(StreamLimits.MaxMessageBytes) { Pool = pool };
        var before = 0L;
        var whole = 0;
        for (var round = 0; round < 40; round++)
        {
            before = round == 20 ? GC.GetAllocatedBytesForCurrentThread() : before;
            ReadOnlyMemory<byte> message = default;
            for (var offset = 0; offset < bytes.Length; offset += 1_000)
            {
                ReadOnlySpan<byte> part = bytes.AsSpan(offset, Math.Min(1_000, bytes.Length - offset));
                assembler.Push(ref part, out message);
            }

            whole += message.Length == length ? 1 : 0;
            pool.TakeBack(message);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(40, whole);
    }
}
