using System;
using System.Security.Cryptography;
using System.Text;

namespace MeshActors.Transport.WebSockets;

/// <summary>Writes what a relay answers to a request for an upgrade (RFC 6455, section 4.2.2).</summary>
internal static class UpgradeReply
{
    /// <summary>The answer to what is taken.</summary>
    /// <param name="key">As it came.</param>
    public static byte[] Accept(ReadOnlySpan<byte> key) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Accept: {AcceptOf(key)}\r\nSec-WebSocket-Protocol: {UpgradeReader.Subprotocol}\r\n\r\n");

    /// <summary>The answer to what is not.</summary>
    public static byte[] Refuse(UpgradeOutcome outcome) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {Status(outcome)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

    private static string Status(UpgradeOutcome outcome) => outcome switch
    {
        UpgradeOutcome.TooLong => "431 Request Header Fields Too Large",
        UpgradeOutcome.NotFound => "404 Not Found",
        UpgradeOutcome.WrongMethod => "405 Method Not Allowed\r\nAllow: GET",
        UpgradeOutcome.NoUpgrade => "426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
        _ => "400 Bad Request",
    };

    private static string AcceptOf(ReadOnlySpan<byte> key)
    {
        var guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> text = stackalloc byte[UpgradeReader.KeySize + guid.Length];
        key.CopyTo(text);
        guid.CopyTo(text[UpgradeReader.KeySize..]);
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1, and nothing rests on it: it shows that the server read the request.
        return Convert.ToBase64String(SHA1.HashData(text));
#pragma warning restore CA5350
    }
}
