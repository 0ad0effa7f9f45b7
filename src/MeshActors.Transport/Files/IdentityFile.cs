using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Files;

/// <summary>The file that a node's root key lives in.</summary>
/// <remarks>
/// Never overwritten but to store another salt number, which keeps the key. The format is only ever extended:
/// <code>
/// 0   "MESHROOT"
/// 8   format, 1 (2 bytes, network byte order as all numbers)
/// 10  bytes from 12 up to the checksum, 36 (2)
/// 12  realm (2)
/// 14  salt number (2)
/// 16  Ed25519 seed (32)
/// 48  SHA-256 over all before (32)
/// </code>
/// </remarks>
internal static class IdentityFile
{
    /// <summary>Bytes of a file of format 1.</summary>
    public const int Size = 80;

    private const ushort Format = 1;
    private const int FieldsOffset = 12;
    private const int SeedOffset = 16;
    private const int ChecksumOffset = 48;

    private static ReadOnlySpan<byte> Magic => "MESHROOT"u8;

    /// <summary>Reads the file, or makes a fresh root key and the file when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="realm">For a fresh key; an existing file must hold the same.</param>
    /// <param name="random">Where the key comes from.</param>
    /// <exception cref="KeyFileException">The file cannot be used, or not be made.</exception>
    public static StoredIdentity LoadOrCreate(string path, ushort realm, IRandomSource random)
    {
        if (!OwnerOnlyFile.Exists(path))
        {
            using var root = RootIdentity.Create(random);
            Span<byte> bytes = stackalloc byte[Size];
            Write(root, realm, salt: 0, bytes);
            OwnerOnlyFile.TryCreate(path, bytes, random);
            CryptographicOperations.ZeroMemory(bytes);
        }

        // Read back even what was just written: another process may have been first.
        var stored = Load(path);
        if (stored.Realm == realm)
        {
            return stored;
        }

        stored.Dispose();
        throw new KeyFileException(
            path,
            $"is an identity of realm {stored.Realm}, but realm {realm} is configured",
            "Configure that realm, or name another file.");
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyFileException">The file is not there or cannot be used.</exception>
    public static StoredIdentity Load(string path)
    {
        var bytes = OwnerOnlyFile.Read(path, Size);
        try
        {
            RequireWhole(path, bytes);
            return new StoredIdentity(
                RootIdentity.FromSeed(bytes.AsSpan(SeedOffset, RootIdentity.SeedSize)),
                BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(FieldsOffset)),
                BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(FieldsOffset + 2)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Stores another salt number in one step; key and realm stay.</summary>
    /// <exception cref="KeyFileException">The file cannot be used or written; it is as it was.</exception>
    public static void StoreSalt(string path, ushort salt, IRandomSource random)
    {
        using var stored = Load(path);
        Span<byte> bytes = stackalloc byte[Size];
        Write(stored.Root, stored.Realm, salt, bytes);
        OwnerOnlyFile.Replace(path, bytes, random);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private static void Write(RootIdentity root, ushort realm, ushort salt, Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], Format);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], ChecksumOffset - FieldsOffset);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FieldsOffset..], realm);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(FieldsOffset + 2)..], salt);
        root.ExportSeed(bytes.Slice(SeedOffset, RootIdentity.SeedSize));
        SHA256.HashData(bytes[..ChecksumOffset], bytes[ChecksumOffset..]);
    }

    private static void RequireWhole(string path, ReadOnlySpan<byte> bytes)
    {
        const string Restore = "Restore it from a backup, or name another file; it was left as it is.";
        if (bytes.IsEmpty)
        {
            throw new KeyFileException(path, "is empty", Restore);
        }

        if (!bytes.StartsWith(Magic))
        {
            throw new KeyFileException(path, "is not an identity file: it does not begin with MESHROOT", Restore);
        }

        if (bytes.Length >= 10 && BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]) is var format and not Format)
        {
            throw new KeyFileException(
                path, $"has format {format}; this program knows format {Format}", "Use the program that wrote it, or a later one.");
        }

        if (bytes.Length != Size)
        {
            throw new KeyFileException(
                path,
                bytes.Length < Size ? $"was cut off: {bytes.Length} bytes of {Size}" : $"has more than its {Size} bytes",
                Restore);
        }

        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..ChecksumOffset], checksum);
        if (!checksum.SequenceEqual(bytes[ChecksumOffset..])
            || BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]) != ChecksumOffset - FieldsOffset
            || BinaryPrimitives.ReadUInt16BigEndian(bytes[FieldsOffset..]) > MeshAddress.MaxRealm)
        {
            throw new KeyFileException(path, "is damaged: its checksum does not fit", Restore);
        }
    }
}
