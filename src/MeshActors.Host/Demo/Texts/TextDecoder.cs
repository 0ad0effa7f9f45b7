using System;
using System.Text;

namespace MeshActors.Host.Demo.Texts;

/// <summary>Turns the bytes of a file into text: UTF-8, UTF-16 with a byte order mark, else Latin-1; or finds them
/// binary.</summary>
internal static class TextDecoder
{
    /// <summary>A NUL within so many bytes makes a file binary.</summary>
    private const int SniffedBytes = 8_192;

    /// <summary>One character in so many may be a control character, beyond that a file without valid UTF-8 is
    /// binary.</summary>
    private const int ControlShare = 32;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text with plain line ends, and whether it was Unicode; null for binary bytes.</summary>
    /// <param name="bytes">The file from its beginning.</param>
    /// <param name="isCut">True when the file goes on: an incomplete last character is no mistake then.</param>
    public static (string Text, bool IsUnicode)? Decode(ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return (PlainLines(Encoding.Unicode.GetString(bytes[2..])), true);
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return (PlainLines(Encoding.BigEndianUnicode.GetString(bytes[2..])), true);
        }

        if (bytes[..Math.Min(bytes.Length, SniffedBytes)].Contains((byte)0))
        {
            return null;
        }

        var start = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var end = isCut ? LastWholeCharacter(bytes) : bytes.Length;
        try
        {
            return (PlainLines(StrictUtf8.GetString(bytes[start..end])), true);
        }
        catch (DecoderFallbackException)
        {
            return LooksBinary(bytes) ? null : (PlainLines(Encoding.Latin1.GetString(bytes)), false);
        }
    }

    private static int LastWholeCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0b1100_0000) == 0b1000_0000)
            {
                continue;
            }

            var length = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return length > back ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private static bool LooksBinary(ReadOnlySpan<byte> bytes)
    {
        var controls = 0;
        foreach (var b in bytes)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or (>= 0x7F and < 0xA0))
            {
                controls++;
            }
        }

        return controls > bytes.Length / ControlShare;
    }

    private static string PlainLines(string text) =>
        text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : text;
}
