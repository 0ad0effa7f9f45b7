using System;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class MessageQueueTests
{
    private static readonly Gen<byte[][]> Messages = Gen.Byte.Array[1, 200].Array[1, 12];

    /// <summary>Compares with the plain model: all lengths and messages one after the other.</summary>
    [Fact]
    public void Any_part_reads_as_from_the_concatenation() =>
        Gen.Select(Messages, Gen.Int[0, 10_000].Array[1, 20], Gen.Int[0, 10_000].Array[1, 20]).Sample((messages, starts, lengths) =>
        {
            var queue = new MessageQueue();
            foreach (var message in messages)
            {
                queue.Append(message);
            }

            var all = Concatenate(messages);
            Assert.Equal(all.Length, queue.End);
            for (var i = 0; i < Math.Min(starts.Length, lengths.Length); i++)
            {
                var start = starts[i] % all.Length;
                var part = new byte[lengths[i] % (all.Length - start + 1)];
                queue.CopyTo(part, start);
                Assert.True(all.AsSpan(start, part.Length).SequenceEqual(part));
            }
        });

    [Fact]
    public void Lets_go_of_whole_messages_only() =>
        Gen.Select(Messages, Gen.Int[0, 3_000]).Sample((messages, to) =>
        {
            var queue = new MessageQueue();
            foreach (var message in messages)
            {
                queue.Append(message);
            }

            var all = Concatenate(messages);
            to = Math.Min(to, all.Length);
            queue.ReleaseTo(to);

            var end = 0;
            var held = 0L;
            foreach (var message in messages)
            {
                end += VarInt.Size((ulong)message.Length) + message.Length;
                held += end > to ? message.Length + MessageQueue.OverheadBytes : 0;
            }

            Assert.Equal(held, queue.HeldBytes);
            var rest = new byte[all.Length - to];
            queue.CopyTo(rest, to);
            Assert.True(all.AsSpan(to).SequenceEqual(rest));
        });

    [Fact]
    public void Does_not_copy_the_message()
    {
        var message = new byte[] { 1, 2, 3 };
        var queue = new MessageQueue();
        queue.Append(message);
        message[1] = 9;

        var read = new byte[4];
        queue.CopyTo(read, 0);

        Assert.Equal([3, 1, 9, 3], read);
    }

    internal static byte[] Concatenate(byte[][] messages) => messages.SelectMany(WithLength).ToArray();

    private static byte[] WithLength(byte[] message)
    {
        var bytes = new byte[VarInt.Size((ulong)message.Length) + message.Length];
        message.CopyTo(bytes, VarInt.Write(bytes, (ulong)message.Length));
        return bytes;
    }
}
