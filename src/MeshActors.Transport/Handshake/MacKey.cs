using System;
using System.Security.Cryptography;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Handshake;

/// <summary>A key for the MACs that let strangers be ignored cheaply: keyed BLAKE2b (RFC 7693) of 128 bits.</summary>
internal sealed class MacKey : IDisposable
{
    /// <summary>Bytes of a MAC.</summary>
    public const int MacSize = 16;

    private const int MaxInput = 128;

    private readonly byte[] _key = GC.AllocateArray<byte>(SHA256.HashSizeInBytes, pinned: true);

    /// <summary>The key is SHA-256 of all three, which together have at most 128 bytes and fixed lengths.</summary>
    public MacKey(ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> input = stackalloc byte[MaxInput];
        label.CopyTo(input);
        first.CopyTo(input[label.Length..]);
        second.CopyTo(input[(label.Length + first.Length)..]);
        SHA256.HashData(input[..(label.Length + first.Length + second.Length)], _key);
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>Writes the <see cref="MacSize"/> bytes of the MAC of <paramref name="covered"/>.</summary>
    public void Write(ReadOnlySpan<byte> covered, Span<byte> mac) => Sodium.Blake2bMac(_key, covered, mac[..MacSize]);

    /// <summary>Compares in fixed time.</summary>
    public bool Verify(ReadOnlySpan<byte> covered, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacSize];
        Sodium.Blake2bMac(_key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
