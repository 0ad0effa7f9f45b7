using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace MeshActors.Transport.Addressing;

/// <summary>From a root key to its mesh address, memory-hard so that nobody grinds a key onto another's address.</summary>
/// <remarks>
/// Argon2id (RFC 9106) with 16 MiB, one pass and one lane; docs/protocol.md 2.1. Takes tens of milliseconds of one core: never call it on
/// the driver loop.
/// </remarks>
internal static class AddressDerivation
{
    /// <summary>Bytes of a root public key.</summary>
    public const int RootSize = 32;

    private const int MemoryKibibytes = 16 * 1024;
    private const int OutputSize = 32;
    private const int SaltSize = 16;

    private static readonly Argon2id Argon2id = PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = MemoryKibibytes, NumberOfPasses = 1 });

    /// <summary>Derives the address of a root key.</summary>
    /// <param name="root"><see cref="RootSize"/> bytes.</param>
    /// <param name="realm">0 to <see cref="MeshAddress.MaxRealm"/>.</param>
    /// <param name="salt">The salt number.</param>
    /// <returns>Null when the 48 bits are all zero: the next salt number has to be tried.</returns>
    public static MeshAddress? Derive(ReadOnlySpan<byte> root, ushort realm, ushort salt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(root.Length, RootSize);
        Span<byte> output = stackalloc byte[OutputSize];
        Span<byte> password = stackalloc byte[64];
        Span<byte> saltInput = stackalloc byte[64];
        Span<byte> saltHash = stackalloc byte[SHA256.HashSizeInBytes];
        password = password[..WriteInput("MeshActors address 1"u8, root, realm, salt, password)];
        saltInput = saltInput[..WriteInput("MeshActors address salt 1"u8, root, realm, salt, saltInput)];
        SHA256.HashData(saltInput, saltHash);
        Argon2id.DeriveBytes(password, saltHash[..SaltSize], output);

        var value = BinaryPrimitives.ReadUInt64BigEndian(output) >> 16;
        return value == 0 ? null : new MeshAddress(realm, value);
    }

    /// <summary>Derives the first address there is from a salt number on.</summary>
    /// <param name="root"><see cref="RootSize"/> bytes.</param>
    /// <param name="realm">0 to <see cref="MeshAddress.MaxRealm"/>.</param>
    /// <param name="salt">The salt number to begin with; then the one that gave the address.</param>
    public static MeshAddress First(ReadOnlySpan<byte> root, ushort realm, ref ushort salt)
    {
        while (true)
        {
            if (Derive(root, realm, salt) is { } address)
            {
                return address;
            }

            salt++;
        }
    }

    private static int WriteInput(
        ReadOnlySpan<byte> label, ReadOnlySpan<byte> root, ushort realm, ushort salt, Span<byte> destination)
    {
        label.CopyTo(destination);
        root.CopyTo(destination[label.Length..]);
        var rest = destination[(label.Length + RootSize)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, realm);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], salt);
        return label.Length + RootSize + 4;
    }
}
