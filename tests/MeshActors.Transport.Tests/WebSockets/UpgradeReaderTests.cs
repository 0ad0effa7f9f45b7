using System;
using System.Linq;
using System.Text;
using MeshActors.Transport.WebSockets;
using Xunit;

namespace MeshActors.Transport.Tests.WebSockets;

public sealed class UpgradeReaderTests
{
    private const string Line = "GET /mesh HTTP/1.1\r\n";
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string Fields = "Host: relay.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key
        + "\r\nSec-WebSocket-Protocol: mesh.v1\r\nSec-WebSocket-Version: 13\r\n";

    [Fact]
    public void A_proper_request_is_accepted_and_answered_as_the_rfc_has_it()
    {
        var key = new byte[UpgradeReader.KeySize];

        Assert.Equal(UpgradeOutcome.Accepted, Read(Line + Fields + "\r\n", key));

        // The key and its answer are those of RFC 6455, section 1.3.
        Assert.Contains(
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", Encoding.ASCII.GetString(UpgradeReply.Accept(key)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_beginning_of_it_is_incomplete_and_nothing_may_follow()
    {
        var whole = Line + Fields + "\r\n";

        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.Equal(UpgradeOutcome.Incomplete, Read(whole[..length])));
        Assert.Equal(UpgradeOutcome.Malformed, Read(whole + "x"));
    }

    [Theory]
    [InlineData("GET /mesh HTTP/1.0\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("GET /mesh HTTP/2.0\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("GET  /mesh HTTP/1.1\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("GET /mesh\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("/mesh\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("G\u0001T /mesh HTTP/1.1\r\n", nameof(UpgradeOutcome.Malformed))]
    [InlineData("POST /mesh HTTP/1.1\r\n", nameof(UpgradeOutcome.WrongMethod))]
    [InlineData("CONNECT relay:443 HTTP/1.1\r\n", nameof(UpgradeOutcome.WrongMethod))]
    [InlineData("GET / HTTP/1.1\r\n", nameof(UpgradeOutcome.NotFound))]
    [InlineData("GET /mesh/ HTTP/1.1\r\n", nameof(UpgradeOutcome.NotFound))]
    [InlineData("GET https://relay.example/mesh HTTP/1.1\r\n", nameof(UpgradeOutcome.NotFound))]
    public void Another_first_line_is_refused_for_what_it_is(string line, string expected)
    {
        var outcome = Read(line + Fields + "\r\n");

        Assert.Equal(expected, outcome.ToString());
    }

    [Theory]
    [InlineData("Host: relay.example", "X: y", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Host: relay.example", "Host: a\r\nHost: b", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", nameof(UpgradeOutcome.NoUpgrade))]
    [InlineData("Upgrade: websocket", "Upgrade : websocket", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", " Upgrade: websocket", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\nX: y", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\n folded", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\nContent-Length: 5", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\nTransfer-Encoding: chunked", nameof(UpgradeOutcome.Malformed))]
    [InlineData("Connection: Upgrade", "Connection: keep-alive", nameof(UpgradeOutcome.NoUpgrade))]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", nameof(UpgradeOutcome.NoUpgrade))]
    [InlineData("Sec-WebSocket-Protocol: mesh.v1", "Sec-WebSocket-Protocol: mqtt, MESH.v1", nameof(UpgradeOutcome.WrongOffer))]
    [InlineData(Key, "dGhlIHNhbXBsZSBub25jZQ=", nameof(UpgradeOutcome.WrongOffer))]
    [InlineData(Key, "dGhlIHNhbXBsZSBub25jZSE=", nameof(UpgradeOutcome.WrongOffer))]
    [InlineData(Key, "!GhlIHNhbXBsZSBub25jZQ==", nameof(UpgradeOutcome.WrongOffer))]
    [InlineData("Sec-WebSocket-Key: " + Key, "Sec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Key: " + Key, nameof(UpgradeOutcome.Malformed))]
    public void Another_field_is_refused_for_what_it_is(string field, string instead, string expected)
    {
        Assert.Contains(field, Fields, StringComparison.Ordinal);

        Assert.Equal(expected, Read(Line + Fields.Replace(field, instead, StringComparison.Ordinal) + "\r\n").ToString());
    }

    [Theory]
    [InlineData("Connection: Upgrade", "connection: keep-alive,  UPGRADE")]
    [InlineData("Upgrade: websocket", "UPGRADE:WebSocket")]
    [InlineData("Sec-WebSocket-Protocol: mesh.v1", "Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: x, mesh.v1")]
    [InlineData("Host: relay.example", "Host:\trelay.example \r\nCookie: \u0080")]
    public void What_means_the_same_is_accepted(string field, string instead) => Assert.Equal(
        UpgradeOutcome.Accepted, Read(Line + Fields.Replace(field, instead, StringComparison.Ordinal) + "\r\n"));

    [Fact]
    public void A_head_is_no_longer_than_8_KiB_and_has_no_more_than_64_fields()
    {
        var filler = new string('x', UpgradeReader.MostBytes - Line.Length - Fields.Length - "A: \r\n\r\n".Length);

        Assert.Equal(UpgradeOutcome.Accepted, Read($"{Line}{Fields}A: {filler}\r\n\r\n"));
        Assert.Equal(UpgradeOutcome.TooLong, Read($"{Line}{Fields}A: {filler}x\r\n\r\n"));
        Assert.Equal(UpgradeOutcome.TooLong, Read(new string('x', UpgradeReader.MostBytes)));
        Assert.Equal(UpgradeOutcome.Malformed, Read(Line + Fields + string.Concat(Enumerable.Repeat("A: b\r\n", 59)) + "\r\n"));
    }

    private static UpgradeOutcome Read(string text, byte[]? key = null) =>
        UpgradeReader.Read(Encoding.Latin1.GetBytes(text), key ?? new byte[UpgradeReader.KeySize]);
}
