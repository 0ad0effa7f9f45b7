using System;
using System.Buffers.Binary;

namespace MeshActors.Benchmarks.Loads;

/// <summary>The messages of a load, in turn: both sides make the same, so the receiver knows what has to arrive.</summary>
/// <remarks>Every message's length, first and last bytes are checked, every sixteenth message whole.</remarks>
internal sealed class MessagePattern
{
    private const int Turns = 4;
    private const int WholeEvery = 16;

    private readonly byte[][] _messages = new byte[Turns][];

    /// <param name="size">Bytes of a message, at least 8.</param>
    public MessagePattern(int size)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (var turn = 0; turn < Turns; turn++)
        {
            var message = GC.AllocateUninitializedArray<byte>(size, pinned: true);
            var state = unchecked((ulong)(turn + 1) * 0x9E37_79B9_7F4A_7C15);
            for (var at = 0; at < size; at += sizeof(ulong))
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                BinaryPrimitives.WriteUInt64LittleEndian(word, state);
                word[..Math.Min(word.Length, size - at)].CopyTo(message.AsSpan(at));
            }

            _messages[turn] = message;
        }
    }

    /// <summary>The message that is sent as number <paramref name="number"/>, counted from 0; not to be changed.</summary>
    public byte[] Message(long number) => _messages[number % Turns];

    /// <summary>Tells whether a received message is the one sent as number <paramref name="number"/>.</summary>
    public bool Matches(long number, ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> expected = Message(number);
        if (received.Length != expected.Length)
        {
            return false;
        }

        return number % WholeEvery == 0
            ? received.SequenceEqual(expected)
            : received[..sizeof(ulong)].SequenceEqual(expected[..sizeof(ulong)])
                && received[^sizeof(ulong)..].SequenceEqual(expected[^sizeof(ulong)..]);
    }
}
