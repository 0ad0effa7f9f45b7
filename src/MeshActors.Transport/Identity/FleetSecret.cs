using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Identity;

/// <summary>32 random bytes that the nodes of a small fleet share (docs/protocol.md 2.3).</summary>
/// <remarks>As text: <c>mesh-fleet-1-</c>, then base32 of the bytes and a checksum of four. Never printed.</remarks>
internal sealed class FleetSecret : IDisposable
{
    /// <summary>Bytes of the secret.</summary>
    public const int Size = 32;

    /// <summary>Letters of the text form.</summary>
    public const int TextLength = 71;

    private const string Prefix = "mesh-fleet-1-";
    private const int ChecksumSize = 4;

    private readonly byte[] _secret = GC.AllocateArray<byte>(Size, pinned: true);

    private FleetSecret(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(_secret);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash("MeshActors fleet id 1"u8, secret, hash);
        FleetId = BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Names the fleet without telling its secret.</summary>
    public UInt128 FleetId { get; }

    /// <summary>The <see cref="Size"/> secret bytes.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    public static FleetSecret Generate(IRandomSource random)
    {
        Span<byte> secret = stackalloc byte[Size];
        random.Fill(secret);
        var made = new FleetSecret(secret);
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }

    /// <summary>Reads the text form; white space around it is ignored.</summary>
    /// <exception cref="FormatException">The text is none; the message says what is wrong and never repeats the text.</exception>
    public static FleetSecret Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new FormatException($"A fleet secret begins with '{Prefix}'; this text does not.");
        }

        if (text.Length != TextLength)
        {
            throw new FormatException(
                $"A fleet secret has {TextLength} letters; this text has {text.Length}: it was cut or added to.");
        }

        Span<byte> bytes = stackalloc byte[Size + ChecksumSize];
        try
        {
            if (!Base32.TryRead(text[Prefix.Length..], bytes))
            {
                throw new FormatException(
                    $"A fleet secret is base32 after '{Prefix}' (a to z and 2 to 7); this text has something else.");
            }

            Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
            Hash("MeshActors fleet secret 1"u8, bytes[..Size], checksum);
            return CryptographicOperations.FixedTimeEquals(bytes[Size..], checksum[..ChecksumSize])
                ? new FleetSecret(bytes[..Size])
                : throw new FormatException("The checksum of the fleet secret does not fit: a letter was mistyped.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Writes the <see cref="TextLength"/> letters of the text form, for a file readable by its owner alone.</summary>
    public void WriteText(Span<char> destination)
    {
        Span<byte> bytes = stackalloc byte[Size + ChecksumSize];
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        _secret.CopyTo(bytes);
        Hash("MeshActors fleet secret 1"u8, _secret, checksum);
        checksum[..ChecksumSize].CopyTo(bytes[Size..]);
        Prefix.CopyTo(destination);
        Base32.Write(bytes, destination[Prefix.Length..TextLength]);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Wipes the secret.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secret);

    private static void Hash(ReadOnlySpan<byte> label, ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[64];
        label.CopyTo(input);
        secret.CopyTo(input[label.Length..]);
        SHA256.HashData(input[..(label.Length + Size)], destination);
        CryptographicOperations.ZeroMemory(input);
    }
}
