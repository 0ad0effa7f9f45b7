using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MeshActors.Transport.Crypto;

/// <summary>BLAKE2b (RFC 7693) of eight messages at once, one in each 64-bit lane of a 512-bit register: tags under a key of each, or digests.</summary>
/// <remarks>
/// For many short messages under keys that last: a key is taken in once, when it is made, and a message then costs about a fifth of what libsodium
/// takes for one alone. Only where the processor has AVX-512; elsewhere, and for single messages, <see cref="Sodium.Blake2bMac"/> and <see cref="Sodium.Blake2b"/> give the same. Neither branches nor
/// looks anything up by key or content.
/// </remarks>
internal static unsafe class Blake2bLanes
{
    /// <summary>Messages at once.</summary>
    public const int Lanes = 8;

    /// <summary>Bytes of a key that was taken in.</summary>
    public const int StateSize = 64;

    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the keyed hash that is computed; the first 8 are given.</summary>
    public const int HashSize = 16;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestSize = 32;

    private const int BlockSize = 128;
    private const int Words = 8;
    private const int Rounds = 12;

    /// <summary>What a digest begins with (RFC 7693, section 3.3, without a key), in memory that does not move.</summary>
    private static readonly ulong[] Unkeyed = BeginUnkeyed();

    /// <summary>RFC 7693, section 2.6: the initial values of SHA-512.</summary>
    private static ReadOnlySpan<ulong> Initial =>
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ];

    /// <summary>RFC 7693, section 2.7: which word of the message each half of each mixing takes.</summary>
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
    ];

    /// <summary>True where this can be used.</summary>
    public static bool IsSupported => Avx512F.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>Takes a key in.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes.</param>
    /// <param name="state">Gets <see cref="StateSize"/> bytes, as secret as the key.</param>
    public static void TakeKey(ReadOnlySpan<byte> key, Span<byte> state)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        block.Clear();
        key[..KeySize].CopyTo(block);
        Span<ulong> chain = stackalloc ulong[Words];
        Initial.CopyTo(chain);
        chain[0] ^= 0x01010000 ^ (KeySize << 8) ^ HashSize;
        var words = stackalloc Vector512<ulong>[2 * Words];
        var chains = stackalloc Vector512<ulong>[Words];
        for (var word = 0; word < Words; word++)
        {
            chains[word] = Vector512.Create(chain[word]);
        }

        for (var word = 0; word < 2 * Words; word++)
        {
            words[word] = Vector512.Create(MemoryMarshal.Read<ulong>(block[(word * sizeof(ulong))..]));
        }

        Compress(chains, words, Vector512.Create((ulong)BlockSize), Vector512<ulong>.Zero);
        for (var word = 0; word < Words; word++)
        {
            var value = chains[word][0];
            MemoryMarshal.Write(state[(word * sizeof(ulong))..], value);
        }

        block.Clear();
        new Span<byte>(words, 2 * Words * sizeof(Vector512<ulong>)).Clear();
    }

    /// <summary>Computes the first 8 bytes of the keyed hash of each message, as a little-endian number.</summary>
    /// <param name="messages">1 to <see cref="Lanes"/>.</param>
    /// <param name="hashes">As many.</param>
    public static void Compute(ReadOnlySpan<Message> messages, Span<ulong> hashes)
    {
        var chains = stackalloc Vector512<ulong>[Words];
        Hash(messages, BlockSize, chains);
        for (var lane = 0; lane < messages.Length; lane++)
        {
            hashes[lane] = chains[0][lane];
        }
    }

    /// <summary>Computes the digest of each message, whose <see cref="Message.State"/> is not looked at.</summary>
    /// <param name="messages">1 to <see cref="Lanes"/>.</param>
    /// <param name="digests">Where each one's <see cref="DigestSize"/> bytes go.</param>
    public static void Digest(ReadOnlySpan<Message> messages, ReadOnlySpan<nint> digests)
    {
        var chains = stackalloc Vector512<ulong>[Words];
        Span<Message> unkeyed = stackalloc Message[messages.Length];
        for (var lane = 0; lane < messages.Length; lane++)
        {
            unkeyed[lane] = messages[lane] with { State = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Unkeyed)) };
        }

        Hash(unkeyed, 0, chains);
        for (var lane = 0; lane < messages.Length; lane++)
        {
            for (var word = 0; word < DigestSize / sizeof(ulong); word++)
            {
                ((ulong*)digests[lane])[word] = chains[word][lane];
            }
        }
    }

    private static ulong[] BeginUnkeyed()
    {
        var state = GC.AllocateUninitializedArray<ulong>(Words, pinned: true);
        Initial.CopyTo(state);
        state[0] ^= 0x01010000 ^ DigestSize;
        return state;
    }

    /// <summary>Takes in the blocks of all messages, each in its lane.</summary>
    /// <param name="messages">1 to <see cref="Lanes"/>.</param>
    /// <param name="before">Bytes taken in before, the same for all: those of a key, or none.</param>
    /// <param name="chains">Gets the chain values.</param>
    private static void Hash(ReadOnlySpan<Message> messages, int before, Vector512<ulong>* chains)
    {
        var words = stackalloc Vector512<ulong>[2 * Words];
        var kept = stackalloc Vector512<ulong>[Words];
        var lasts = stackalloc byte[Lanes * BlockSize];
        var blocks = stackalloc byte*[Lanes];
        var states = stackalloc byte*[Lanes];
        var starts = stackalloc byte*[Lanes];
        var lengths = stackalloc ulong[Lanes];
        var counts = stackalloc ulong[Lanes];
        var most = 1;
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Lanes without a message repeat the first one: what they give is not looked at.
            var message = lane < messages.Length ? messages[lane] : messages[0];
            states[lane] = (byte*)message.State;
            starts[lane] = (byte*)message.Start;
            lengths[lane] = (ulong)message.Length;
            counts[lane] = (ulong)message.Blocks;
            most = Math.Max(most, message.Blocks);
            var last = lasts + (lane * BlockSize);
            var full = (message.Blocks - 1) * BlockSize;
            var rest = new ReadOnlySpan<byte>(starts[lane] + full, message.Length - full);
            rest.CopyTo(new Span<byte>(last, BlockSize));
            new Span<byte>(last, BlockSize)[rest.Length..].Clear();
        }

        var blocksOf = Vector512.Load(counts);
        var takenAtLast = Vector512.Load(lengths) + Vector512.Create((ulong)before);
        Transpose(states, 0, chains);
        for (var block = 0; block < most; block++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                blocks[lane] = (ulong)block + 1 < counts[lane]
                    ? starts[lane] + (block * BlockSize)
                    : lasts + (lane * BlockSize);
            }

            var number = (ulong)block + 1;
            var isLast = Vector512.Equals(blocksOf, Vector512.Create(number));
            var isActive = Vector512.GreaterThanOrEqual(blocksOf, Vector512.Create(number));
            var taken = Vector512.ConditionalSelect(isLast, takenAtLast, Vector512.Create((number * BlockSize) + (ulong)before));
            Transpose(blocks, 0, words);
            Transpose(blocks, Words * sizeof(ulong), words + Words);
            if (isActive == Vector512<ulong>.AllBitsSet)
            {
                Compress(chains, words, taken, isLast);
                continue;
            }

            Unsafe.CopyBlock(kept, chains, Words * (uint)sizeof(Vector512<ulong>));
            Compress(chains, words, taken, isLast);
            for (var word = 0; word < Words; word++)
            {
                chains[word] = Vector512.ConditionalSelect(isActive, chains[word], kept[word]);
            }
        }
    }

    /// <summary>RFC 7693, section 3.2, in all lanes.</summary>
    private static void Compress(
        Vector512<ulong>* chain, Vector512<ulong>* m, Vector512<ulong> taken, Vector512<ulong> isLast)
    {
        var (v0, v1, v2, v3) = (chain[0], chain[1], chain[2], chain[3]);
        var (v4, v5, v6, v7) = (chain[4], chain[5], chain[6], chain[7]);
        var v8 = Vector512.Create(Initial[0]);
        var v9 = Vector512.Create(Initial[1]);
        var v10 = Vector512.Create(Initial[2]);
        var v11 = Vector512.Create(Initial[3]);
        var v12 = Vector512.Create(Initial[4]) ^ taken;
        var v13 = Vector512.Create(Initial[5]);
        var v14 = Vector512.Create(Initial[6]) ^ isLast;
        var v15 = Vector512.Create(Initial[7]);
        fixed (byte* schedule = Schedule)
        {
            for (var s = schedule; s < schedule + (Rounds * 16); s += 16)
            {
                Mix(ref v0, ref v4, ref v8, ref v12, m[s[0]], m[s[1]]);
                Mix(ref v1, ref v5, ref v9, ref v13, m[s[2]], m[s[3]]);
                Mix(ref v2, ref v6, ref v10, ref v14, m[s[4]], m[s[5]]);
                Mix(ref v3, ref v7, ref v11, ref v15, m[s[6]], m[s[7]]);
                Mix(ref v0, ref v5, ref v10, ref v15, m[s[8]], m[s[9]]);
                Mix(ref v1, ref v6, ref v11, ref v12, m[s[10]], m[s[11]]);
                Mix(ref v2, ref v7, ref v8, ref v13, m[s[12]], m[s[13]]);
                Mix(ref v3, ref v4, ref v9, ref v14, m[s[14]], m[s[15]]);
            }
        }

        chain[0] ^= v0 ^ v8;
        chain[1] ^= v1 ^ v9;
        chain[2] ^= v2 ^ v10;
        chain[3] ^= v3 ^ v11;
        chain[4] ^= v4 ^ v12;
        chain[5] ^= v5 ^ v13;
        chain[6] ^= v6 ^ v14;
        chain[7] ^= v7 ^ v15;
    }

    /// <summary>RFC 7693, section 3.1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector512<ulong> a,
        ref Vector512<ulong> b,
        ref Vector512<ulong> c,
        ref Vector512<ulong> d,
        Vector512<ulong> x,
        Vector512<ulong> y)
    {
        a = a + b + x;
        d = Avx512F.RotateRight(d ^ a, 32);
        c += d;
        b = Avx512F.RotateRight(b ^ c, 24);
        a = a + b + y;
        d = Avx512F.RotateRight(d ^ a, 16);
        c += d;
        b = Avx512F.RotateRight(b ^ c, 63);
    }

    /// <summary>Turns eight words of each of eight rows into one vector for each word.</summary>
    private static void Transpose(byte** rows, int offset, Vector512<ulong>* words)
    {
        var r0 = Vector512.Load((ulong*)(rows[0] + offset));
        var r1 = Vector512.Load((ulong*)(rows[1] + offset));
        var r2 = Vector512.Load((ulong*)(rows[2] + offset));
        var r3 = Vector512.Load((ulong*)(rows[3] + offset));
        var r4 = Vector512.Load((ulong*)(rows[4] + offset));
        var r5 = Vector512.Load((ulong*)(rows[5] + offset));
        var r6 = Vector512.Load((ulong*)(rows[6] + offset));
        var r7 = Vector512.Load((ulong*)(rows[7] + offset));
        Spread(
            Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), Avx512F.UnpackLow(r4, r5), Avx512F.UnpackLow(r6, r7), words);
        Spread(
            Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), Avx512F.UnpackHigh(r4, r5), Avx512F.UnpackHigh(r6, r7), words + 1);
    }

    /// <summary>From words 0, 2, 4 and 6 (or 1, 3, 5, 7) of two rows in each vector to every second vector of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(
        Vector512<ulong> r01, Vector512<ulong> r23, Vector512<ulong> r45, Vector512<ulong> r67, Vector512<ulong>* words)
    {
        // 0x88 takes 128-bit pieces 0 and 2 of either vector, 0xDD pieces 1 and 3.
        var even0123 = Avx512F.Shuffle4x128(r01, r23, 0x88);
        var odd0123 = Avx512F.Shuffle4x128(r01, r23, 0xDD);
        var even4567 = Avx512F.Shuffle4x128(r45, r67, 0x88);
        var odd4567 = Avx512F.Shuffle4x128(r45, r67, 0xDD);
        words[0] = Avx512F.Shuffle4x128(even0123, even4567, 0x88);
        words[4] = Avx512F.Shuffle4x128(even0123, even4567, 0xDD);
        words[2] = Avx512F.Shuffle4x128(odd0123, odd4567, 0x88);
        words[6] = Avx512F.Shuffle4x128(odd0123, odd4567, 0xDD);
    }

    /// <summary>One message and the key that it is hashed with; both lie in memory that does not move.</summary>
    /// <param name="State">What <see cref="TakeKey"/> gave; nothing for a digest.</param>
    /// <param name="Start">The message.</param>
    /// <param name="Length">Its bytes, at least 1.</param>
    public readonly record struct Message(nint State, nint Start, int Length)
    {
        /// <summary>Blocks of the message; the last may be shorter.</summary>
        public int Blocks => (Length + BlockSize - 1) / BlockSize;
    }
}
