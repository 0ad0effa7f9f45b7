using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>The vectors of RFC 5769, and messages that browsers sent.</summary>
public sealed class StunVectorTests
{
    private const string Rfc5769 = "stun/rfc5769.json";
    private const string Browsers = "stun/frombrowsers.csv.txt";

    [VectorFact(Rfc5769)]
    public void Vectors_are_read_with_their_endpoint_fingerprint_and_integrity()
    {
        var vectors = Vectors();

        Assert.Equal(4, vectors.Count);
        foreach (var vector in vectors)
        {
            Assert.True(StunMessage.TryRead(Hex(vector), out var message));
            Assert.Equal(TransactionId.Read(Convert.FromHexString(Text(vector, "transactionId")!)), message.Id);
            Assert.Equal(
                Text(vector, "kind") == "request" ? StunMessageType.BindingRequest : StunMessageType.BindingSuccess, message.Type);
            Assert.Equal(vector.GetProperty("fingerprint").GetBoolean(), message.TryFind(StunAttributeType.Fingerprint, out _));
            Assert.True(message.IsFingerprintRightOrAbsent());
            Assert.True(message.VerifyIntegrity(StunAttributeType.MessageIntegrity, Key(vector)));
            Assert.False(message.VerifyIntegrity(StunAttributeType.MessageIntegrity, "VOkJxbRl1RmTxUk/WvJxBu"u8));
            Assert.False(message.VerifyIntegrity(StunAttributeType.MessageIntegritySha256, Key(vector)));
            Assert.Equal(Text(vector, "software"), Value(message, StunAttributeType.Software));
            Assert.Equal(Text(vector, "username"), Value(message, StunAttributeType.Username));
            Assert.Equal(Mapped(vector), message.TryReadEndpoint(StunAttributeType.XorMappedAddress, out var mapped) ? mapped : null);
        }
    }

    [VectorFact(Rfc5769)]
    public void One_flipped_bit_anywhere_is_seen_by_reader_fingerprint_or_integrity()
    {
        foreach (var vector in Vectors().Where(vector => vector.GetProperty("fingerprint").GetBoolean()))
        {
            var bytes = Hex(vector);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(
                    StunMessage.TryRead(bytes, out var message)
                    && message.TryFind(StunAttributeType.Fingerprint, out _)
                    && message.IsFingerprintRightOrAbsent(),
                    $"bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [VectorFact(Rfc5769)]
    public void The_request_with_long_term_credentials_is_written_byte_for_byte()
    {
        var vector = Vectors().Single(vector => Text(vector, "cred") == "long-term");
        Span<byte> buffer = stackalloc byte[StunMessage.MaxSize];
        var writer = new StunWriter(
            buffer, StunMessageType.BindingRequest, TransactionId.Read(Convert.FromHexString(Text(vector, "transactionId")!)));
        writer.Add(StunAttributeType.Username, Encoding.UTF8.GetBytes(Text(vector, "username")!));
        writer.Add(StunAttributeType.Nonce, Encoding.UTF8.GetBytes(Text(vector, "nonce")!));
        writer.Add(StunAttributeType.Realm, Encoding.UTF8.GetBytes(Text(vector, "realm")!));
        writer.AddIntegrity(StunAttributeType.MessageIntegrity, Key(vector));

        Assert.Equal(Hex(vector), buffer[..writer.Length].ToArray());
    }

    [VectorFact(Browsers)]
    public void Requests_of_browsers_are_read()
    {
        var count = 0;
        foreach (var line in PublishedVectors.Read(Browsers).Split('\n').Where(line => line.Count(at => at == ',') == 5).Skip(1))
        {
            Assert.True(StunMessage.TryRead(Convert.FromBase64String(line.Split(',')[1]), out var message), line);
            Assert.Equal(StunMessageType.BindingRequest, message.Type);
            Assert.True(message.IsFingerprintRightOrAbsent(), line);
            count++;
        }

        Assert.True(count >= 10, $"{count} messages");
    }

    private static List<JsonElement> Vectors()
    {
        using var document = JsonDocument.Parse(PublishedVectors.Read(Rfc5769));
        return [.. document.RootElement.GetProperty("vectors").EnumerateArray().Select(vector => vector.Clone())];
    }

    private static string? Text(JsonElement vector, string field) =>
        vector.TryGetProperty(field, out var value) ? value.GetString() : null;

    private static byte[] Hex(JsonElement vector) => Convert.FromHexString(Text(vector, "hex")!);

    private static string? Value(StunMessage message, ushort type) =>
        message.TryFind(type, out var attribute) ? Encoding.UTF8.GetString(attribute.Value) : null;

    private static UdpEndpoint? Mapped(JsonElement vector) => Text(vector, "mappedAddress") is { } address
        ? UdpEndpoint.From(IPAddress.Parse(address), vector.GetProperty("mappedPort").GetUInt16())
        : null;

    /// <summary>RFC 8489, section 9.1.1 and 18.5.1.1: the password, or MD5 of user name, realm and password.</summary>
#pragma warning disable CA5351 // The algorithm of the RFC.
    private static byte[] Key(JsonElement vector) => Text(vector, "cred") == "short-term"
        ? Encoding.UTF8.GetBytes(Text(vector, "password")!)
        : MD5.HashData(Encoding.UTF8.GetBytes(
            $"{Text(vector, "username")}:{Text(vector, "realm")}:{Text(vector, "password")}"));
#pragma warning restore CA5351
}
