using System;

namespace MeshActors.Transport.Identity;

/// <summary>Base32 (RFC 4648, section 6) in lower case without padding; reads either case.</summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int BitsPerLetter = 5;

    /// <summary>Letters that <paramref name="bytes"/> bytes take.</summary>
    public static int LengthOf(int bytes) => ((bytes * 8) + BitsPerLetter - 1) / BitsPerLetter;

    /// <summary>Writes <see cref="LengthOf"/> letters; takes the same steps for every content of a length.</summary>
    public static void Write(ReadOnlySpan<byte> source, Span<char> destination)
    {
        var buffer = 0u;
        var bits = 0;
        var written = 0;
        foreach (var value in source)
        {
            buffer = ((buffer & 0x1F) << 8) | value;
            bits += 8;
            while (bits >= BitsPerLetter)
            {
                bits -= BitsPerLetter;
                destination[written++] = Alphabet[(int)(buffer >> bits) & 0x1F];
            }
        }

        if (bits > 0)
        {
            destination[written] = Alphabet[(int)(buffer << (BitsPerLetter - bits)) & 0x1F];
        }
    }

    /// <summary>Fills <paramref name="destination"/>.</summary>
    /// <returns>False when the text is not as long as that takes, has another letter, or bits over that are not zero.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != LengthOf(destination.Length))
        {
            return false;
        }

        var buffer = 0u;
        var bits = 0;
        var written = 0;
        foreach (var letter in text)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            buffer = ((buffer & 0xFF) << BitsPerLetter) | (uint)value;
            bits += BitsPerLetter;
            if (bits >= 8)
            {
                bits -= 8;
                destination[written++] = (byte)((buffer >> bits) & 0xFF);
            }
        }

        return (buffer & ((1u << bits) - 1)) == 0;
    }
}
