using System;
using System.Buffers.Text;
using System.Text;

namespace MeshActors.Transport.WebSockets;

/// <summary>Reads the head of the one request that a relay takes over TCP: the upgrade to a WebSocket (RFC 6455, section 4.2.1; RFC 9112).</summary>
/// <remarks>Takes <c>GET /mesh HTTP/1.1</c> and nothing else: no body, no folded lines, no bare line feeds, nothing behind the head.</remarks>
internal static class UpgradeReader
{
    /// <summary>Bytes of the longest head.</summary>
    public const int MostBytes = 8_192;

    /// <summary>Bytes of a key as it is written.</summary>
    public const int KeySize = 24;

    /// <summary>The path.</summary>
    public const string Path = "/mesh";

    /// <summary>The subprotocol.</summary>
    public const string Subprotocol = "mesh.v1";

    private const int MostFields = 64;
    private const int RawKeySize = 16;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>Reads what came so far.</summary>
    /// <param name="received">From the beginning of the connection.</param>
    /// <param name="key">Room for <see cref="KeySize"/> bytes: the key, when it is accepted.</param>
    public static UpgradeOutcome Read(ReadOnlySpan<byte> received, Span<byte> key)
    {
        var end = received.IndexOf(End);
        if (end < 0)
        {
            return received.Length >= MostBytes ? UpgradeOutcome.TooLong : UpgradeOutcome.Incomplete;
        }

        if (end + End.Length > MostBytes)
        {
            return UpgradeOutcome.TooLong;
        }

        if (end + End.Length != received.Length)
        {
            return UpgradeOutcome.Malformed;
        }

        var rest = received[..(end + LineEnd.Length)];
        var request = TakeLine(ref rest);
        return ReadRequestLine(request) is var outcome and not UpgradeOutcome.Accepted ? outcome : ReadFields(rest, key);
    }

    private static UpgradeOutcome ReadRequestLine(ReadOnlySpan<byte> line)
    {
        var method = line.IndexOf((byte)' ');
        var version = line.LastIndexOf((byte)' ');
        if (method <= 0 || version == method || !line[(version + 1)..].SequenceEqual("HTTP/1.1"u8) || !IsToken(line[..method]))
        {
            return UpgradeOutcome.Malformed;
        }

        var target = line[(method + 1)..version];
        return target.IsEmpty || target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E) ? UpgradeOutcome.Malformed
            : !line[..method].SequenceEqual("GET"u8) ? UpgradeOutcome.WrongMethod
            : !target.SequenceEqual("/mesh"u8) ? UpgradeOutcome.NotFound
            : UpgradeOutcome.Accepted;
    }

    private static UpgradeOutcome ReadFields(ReadOnlySpan<byte> rest, Span<byte> key)
    {
        var (hosts, keys, count) = (0, 0, 0);
        bool upgrades = false, connects = false, isVersion = false, isOffered = false, isKey = false;
        while (!rest.IsEmpty)
        {
            if (!TryReadField(TakeLine(ref rest), out var name, out var value) || ++count > MostFields)
            {
                return UpgradeOutcome.Malformed;
            }

            if (Is(name, "Content-Length"u8) || Is(name, "Transfer-Encoding"u8))
            {
                return UpgradeOutcome.Malformed;
            }

            hosts += Is(name, "Host"u8) ? 1 : 0;
            upgrades |= Is(name, "Upgrade"u8) && Lists(value, "websocket"u8, ignoreCase: true);
            connects |= Is(name, "Connection"u8) && Lists(value, "upgrade"u8, ignoreCase: true);
            isVersion |= Is(name, "Sec-WebSocket-Version"u8) && value.SequenceEqual("13"u8);
            isOffered |= Is(name, "Sec-WebSocket-Protocol"u8) && Lists(value, "mesh.v1"u8, ignoreCase: false);
            if (Is(name, "Sec-WebSocket-Key"u8))
            {
                keys++;
                isKey = IsKey(value);
                value[..(isKey ? KeySize : 0)].CopyTo(key);
            }
        }

        return hosts != 1 || keys > 1 ? UpgradeOutcome.Malformed
            : !upgrades || !connects || !isVersion ? UpgradeOutcome.NoUpgrade
            : !isOffered || !isKey ? UpgradeOutcome.WrongOffer
            : UpgradeOutcome.Accepted;
    }

    /// <summary>Takes a line off, without its end; what is given ends with one.</summary>
    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf(LineEnd);
        var line = rest[..end];
        rest = rest[(end + LineEnd.Length)..];
        return line;
    }

    /// <summary>A name that is a token, a colon, and a value of visible characters, blanks and tabs.</summary>
    private static bool TryReadField(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        name = colon < 0 ? [] : line[..colon];
        value = colon < 0 ? [] : line[(colon + 1)..].Trim(" \t"u8);
        foreach (var octet in value)
        {
            if (octet is < 0x20 and not (byte)'\t' or 0x7F)
            {
                return false;
            }
        }

        return IsToken(name);
    }

    private static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (var octet in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && !"!#$%&'*+-.^_`|~"u8.Contains(octet))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Whether one of the members of a list is this word.</summary>
    private static bool Lists(ReadOnlySpan<byte> list, ReadOnlySpan<byte> word, bool ignoreCase)
    {
        foreach (var range in list.Split((byte)','))
        {
            var member = list[range].Trim(" \t"u8);
            if (ignoreCase ? Is(member, word) : member.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);

    private static bool IsKey(ReadOnlySpan<byte> value)
    {
        Span<byte> raw = stackalloc byte[RawKeySize + 2];
        return value.Length == KeySize
            && Base64.DecodeFromUtf8(value, raw, out var read, out var written) == System.Buffers.OperationStatus.Done
            && (read, written) == (KeySize, RawKeySize);
    }
}
