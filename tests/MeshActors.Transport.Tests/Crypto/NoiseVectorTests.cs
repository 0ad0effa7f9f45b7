using System;
using System.Linq;
using System.Text.Json;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>The published handshakes of both suites with X25519 and SHA-256, all of them, through the code that tunnels use.</summary>
public sealed class NoiseVectorTests : IDisposable
{
    private readonly SessionKeySlab _slab = new();

    public void Dispose() => _slab.Dispose();

    [VectorFact("noise/cacophony.txt")]
    public void All_59_handshakes_of_cacophony_with_aes_come_out_as_published() =>
        Assert.Equal(59, RunAll(CipherSuite.Aes256Gcm, "noise/cacophony.txt"));

    [VectorFact("noise/snow.txt")]
    public void All_51_handshakes_of_snow_with_aes_come_out_as_published() =>
        Assert.Equal(51, RunAll(CipherSuite.Aes256Gcm, "noise/snow.txt"));

    [VectorFact("noise/cacophony.txt")]
    public void All_59_handshakes_of_cacophony_with_chacha_come_out_as_published() =>
        Assert.Equal(59, RunAll(CipherSuite.ChaCha20Poly1305, "noise/cacophony.txt"));

    [VectorFact("noise/snow.txt")]
    public void All_51_handshakes_of_snow_with_chacha_come_out_as_published() =>
        Assert.Equal(51, RunAll(CipherSuite.ChaCha20Poly1305, "noise/snow.txt"));

    [Fact]
    public void The_spoken_pattern_is_that_of_the_specification()
    {
        var modified = NoisePatterns.Of("IK") with { Name = "IKpsk2" };
        var expected = modified.Messages.SetItem(1, modified.Messages[1].Add(NoiseToken.Psk));

        Assert.Equal(expected.Select(message => message.ToList()), HandshakePattern.IKpsk2.Messages.Select(m => m.ToList()));
        Assert.Equal([NoiseToken.S], HandshakePattern.IKpsk2.ResponderPreMessage.ToArray());
        Assert.Empty(HandshakePattern.IKpsk2.InitiatorPreMessage);
    }

    private int RunAll(CipherSuite suite, string file)
    {
        using var document = JsonDocument.Parse(PublishedVectors.Read(file));
        var count = 0;
        foreach (var vector in document.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var name = vector.GetProperty("protocol_name").GetString()!.Split('_');
            if (string.Join('_', name[2..]) == $"25519_{suite.NoiseName()}_SHA256")
            {
                Run(suite, NoisePatterns.Of(name[1]), vector);
                count++;
            }
        }

        Assert.Equal(0, _slab.Rented);
        return count;
    }

    private void Run(CipherSuite suite, HandshakePattern pattern, JsonElement vector)
    {
        using var initiatorStatic = Pair(vector, "init_static");
        using var responderStatic = Pair(vector, "resp_static");
        using var initiator = Side(suite, pattern, vector, "init", initiatorStatic, responderStatic, pattern.ResponderPreMessage.Length > 0);
        using var responder = Side(suite, pattern, vector, "resp", responderStatic, initiatorStatic, pattern.InitiatorPreMessage.Length > 0);
        var messages = vector.GetProperty("messages").EnumerateArray()
            .Select(message => (Bytes(message, "payload"), Bytes(message, "ciphertext"))).ToList();

        var oneWay = pattern.Messages.Length == 1;
        for (var number = 0; number < pattern.Messages.Length; number++)
        {
            var (writer, reader) = number % 2 == 0 ? (initiator, responder) : (responder, initiator);
            Exchange(pattern, writer, reader, messages[number]);
        }

        Assert.True(initiator.IsComplete && responder.IsComplete, pattern.Name);
        Assert.Equal(initiator.HandshakeHash.ToArray(), responder.HandshakeHash.ToArray());
        if (vector.TryGetProperty("handshake_hash", out var hash))
        {
            Assert.Equal(hash.GetString(), Convert.ToHexStringLower(initiator.HandshakeHash));
        }

        using var initiatorKeys = new TransportKeys(initiator);
        using var responderKeys = new TransportKeys(responder);
        for (var number = pattern.Messages.Length; number < messages.Count; number++)
        {
            var fromInitiator = oneWay || number % 2 == 0;
            var (payload, sealedText) = messages[number];
            var buffer = new byte[payload.Length + AeadKey.TagSize];
            payload.CopyTo(buffer, 0);
            initiatorKeys.Of(fromInitiator).EncryptWithAd([], buffer);
            Assert.Equal(Convert.ToHexString(sealedText), Convert.ToHexString(buffer));
            Assert.True(responderKeys.Of(fromInitiator).TryDecryptWithAd([], buffer), pattern.Name);
            Assert.Equal(payload, buffer[..payload.Length]);
        }
    }

    /// <summary>One message from writer to reader; before it a forged one, which must leave the reader as it was.</summary>
    private static void Exchange(
        HandshakePattern pattern, HandshakeState writer, HandshakeState reader, (byte[] Payload, byte[] Sealed) expected)
    {
        var message = new byte[expected.Sealed.Length];
        Assert.True(writer.TryWriteMessage(expected.Payload, message, out var length), pattern.Name);
        Assert.Equal(Convert.ToHexString(expected.Sealed), Convert.ToHexString(message.AsSpan(0, length)));

        var opened = new byte[message.Length];
        var isSealed = !message.AsSpan().EndsWith(expected.Payload);
        if (isSealed)
        {
            var forged = (byte[])message.Clone();
            forged[^1] ^= 1;
            Assert.False(reader.TryReadMessage(forged, opened, out _), $"{pattern.Name} took a forged message");
        }

        Assert.True(reader.TryReadMessage(message, opened, out var payloadLength), pattern.Name);
        Assert.Equal(expected.Payload, opened[..payloadLength]);
    }

    private HandshakeState Side(
        CipherSuite suite,
        HandshakePattern pattern,
        JsonElement vector,
        string side,
        X25519KeyPair? own,
        X25519KeyPair? other,
        bool knowsOther)
    {
        var psks = vector.TryGetProperty($"{side}_psks", out var list)
            ? list.EnumerateArray().SelectMany(psk => Convert.FromHexString(psk.GetString()!)).ToArray()
            : [];
        var state = new HandshakeState(
            _slab,
            suite,
            pattern,
            initiator: side == "init",
            Bytes(vector, $"{side}_prologue"),
            own,
            knowsOther ? other!.PublicKey : null,
            psks);
        if (Pair(vector, $"{side}_ephemeral") is { } ephemeral)
        {
            state.UseEphemeral(ephemeral);
        }

        return state;
    }

    private static X25519KeyPair? Pair(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out _) ? X25519KeyPair.FromPrivateKey(Bytes(vector, name)) : null;

    private static byte[] Bytes(JsonElement element, string name) =>
        Convert.FromHexString(element.GetProperty(name).GetString()!);

    private sealed class TransportKeys : IDisposable
    {
        private readonly CipherState _initiator;
        private readonly CipherState _responder;

        public TransportKeys(HandshakeState state)
        {
            (_initiator, _responder) = state.Split();
        }

        public CipherState Of(bool initiator) => initiator ? _initiator : _responder;

        public void Dispose()
        {
            _initiator.Dispose();
            _responder.Dispose();
        }
    }
}
