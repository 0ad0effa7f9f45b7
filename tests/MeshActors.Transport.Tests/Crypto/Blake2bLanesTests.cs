using System;
using System.Linq;
using System.Runtime.InteropServices;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>Eight at once give what libsodium gives one by one, under keys and without.</summary>
public sealed class Blake2bLanesTests
{
    private const int Longest = 2_048;

    [Fact]
    public void Every_length_gives_what_libsodium_gives()
    {
        for (var length = 1; length <= 600; length++)
        {
            Compare(Enumerable.Repeat(length, Blake2bLanes.Lanes).ToArray(), (ulong)length);
        }
    }

    [Fact]
    public void Messages_of_different_lengths_do_not_disturb_each_other()
    {
        var random = new SeededRandom(1);
        for (var turn = 0ul; turn < 2_000; turn++)
        {
            var lengths = new int[1 + random.Below(Blake2bLanes.Lanes)];
            for (var i = 0; i < lengths.Length; i++)
            {
                lengths[i] = 1 + random.Below(random.Below(3) == 0 ? 300 : Longest);
            }

            Compare(lengths, 1_000 + turn);
        }
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(2_048)]
    public void One_alone_and_whole_blocks_are_right(int length) => Compare([length], (ulong)length);

    private static void Compare(int[] lengths, ulong seed)
    {
        if (!Blake2bLanes.IsSupported)
        {
            return;
        }

        var random = new SeededRandom(seed);
        var keys = GC.AllocateArray<byte>(lengths.Length * Blake2bLanes.KeySize, pinned: true);
        var states = GC.AllocateArray<byte>(lengths.Length * Blake2bLanes.StateSize, pinned: true);
        var bytes = GC.AllocateArray<byte>(lengths.Length * Longest, pinned: true);
        random.Fill(keys);
        random.Fill(bytes);
        var messages = new Blake2bLanes.Message[lengths.Length];
        Span<ulong> expected = stackalloc ulong[lengths.Length];
        Span<byte> hash = stackalloc byte[Blake2bLanes.HashSize];
        var expectedDigests = new byte[lengths.Length * Blake2bLanes.DigestSize];
        var digests = GC.AllocateArray<byte>(expectedDigests.Length, pinned: true);
        Span<nint> digestsAt = stackalloc nint[lengths.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            var key = keys.AsSpan(i * Blake2bLanes.KeySize, Blake2bLanes.KeySize);
            Blake2bLanes.TakeKey(key, states.AsSpan(i * Blake2bLanes.StateSize));
            Sodium.Blake2bMac(key, bytes.AsSpan(i * Longest, lengths[i]), hash);
            expected[i] = MemoryMarshal.Read<ulong>(hash);
            messages[i] = new Blake2bLanes.Message(
                Marshal.UnsafeAddrOfPinnedArrayElement(states, i * Blake2bLanes.StateSize),
                Marshal.UnsafeAddrOfPinnedArrayElement(bytes, i * Longest),
                lengths[i]);
            Sodium.Blake2b(bytes.AsSpan(i * Longest, lengths[i]), expectedDigests.AsSpan(i * Blake2bLanes.DigestSize, Blake2bLanes.DigestSize));
            digestsAt[i] = Marshal.UnsafeAddrOfPinnedArrayElement(digests, i * Blake2bLanes.DigestSize);
        }

        Span<ulong> computed = stackalloc ulong[lengths.Length];
        Blake2bLanes.Compute(messages, computed);
        Assert.Equal(expected.ToArray(), computed.ToArray());

        Blake2bLanes.Digest(messages, digestsAt);
        Assert.Equal(expectedDigests, digests);
    }
}
