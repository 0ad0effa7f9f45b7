using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Tests;

/// <summary>Bytes that a seed decides: SHA-256 of the seed and a counter.</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _counter;

    public void Fill(Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[16];
        Span<byte> block = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(input, seed);
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(input[8..], _counter++);
            SHA256.HashData(input, block);
            var size = Math.Min(block.Length, destination.Length);
            block[..size].CopyTo(destination);
            destination = destination[size..];
        }
    }
}
