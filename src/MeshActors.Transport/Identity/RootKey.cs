using System;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Identity;

/// <summary>The Ed25519 public key that is a node's identity; ordered bytewise, written as 52 letters of base32.</summary>
public readonly record struct RootKey : IComparable<RootKey>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = Bytes32.Size;

    private const int TextLength = 52;

    private readonly Bytes32 _bytes;

    internal RootKey(Bytes32 bytes)
    {
        _bytes = bytes;
    }

    /// <summary>The bytes as a value.</summary>
    internal Bytes32 Bytes => _bytes;

    /// <summary>True when <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(RootKey left, RootKey right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(RootKey left, RootKey right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(RootKey left, RootKey right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(RootKey left, RootKey right) => left.CompareTo(right) >= 0;

    /// <summary>Takes exactly <see cref="Size"/> bytes.</summary>
    public static RootKey From(ReadOnlySpan<byte> source) => new(Bytes32.From(source));

    /// <summary>Reads 52 letters of base32, either case.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message names text and form.</exception>
    public static RootKey Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var key)
            ? key
            : throw new FormatException(
                $"'{text}' is not a root key: write its {TextLength} letters of base32 (a to z and 2 to 7).");

    /// <summary>As <see cref="Parse"/>, with false in place of the exception.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RootKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = Base32.TryRead(text, bytes);
        key = valid ? From(bytes) : default;
        return valid;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    /// <inheritdoc/>
    public int CompareTo(RootKey other) => _bytes.CompareTo(other._bytes);

    /// <summary>52 letters of base32, lower case, unpadded.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Span<char> text = stackalloc char[TextLength];
        CopyTo(bytes);
        Base32.Write(bytes, text);
        return new string(text);
    }
}
