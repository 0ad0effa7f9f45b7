using System;
using System.Collections.Generic;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>Wycheproof's cases of X25519 and Ed25519 through the key pairs that handshakes and certificates use.</summary>
public sealed class WycheproofKeyTests : IDisposable
{
    /// <summary>
    /// The acceptable cases that are refused: a public key of low order, whose secret is zero. All other acceptable ones, keys on the
    /// twist and keys that are not in their canonical form, agree as RFC 7748 says.
    /// </summary>
    private static readonly HashSet<int> LowOrder =
    [
        32, 33, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 117, 118, 154, 165, 166,
    ];

    private readonly SessionKeySlab _slab = new();

    public void Dispose() => _slab.Dispose();

    [VectorFact("wycheproof/x25519_test.json")]
    public void All_518_cases_of_x25519_end_as_published_and_the_acceptable_ones_as_pinned()
    {
        var (valid, acceptable, refused) = (0, 0, 0);
        foreach (var wycheproof in WycheproofFile.Cases("x25519"))
        {
            var publicKey = Bytes32.From(wycheproof.Bytes("public"));
            using var pair = X25519KeyPair.FromPrivateKey(wycheproof.Bytes("private"));
            var secret = new byte[X25519KeyPair.Size];

            var agrees = pair.TryAgree(publicKey, secret);

            Assert.True(agrees != LowOrder.Contains(wycheproof.Id), wycheproof.ToString());
            if (agrees)
            {
                Assert.Equal(wycheproof.Bytes("shared"), secret);
                valid += wycheproof.IsValid ? 1 : 0;
                acceptable += wycheproof.Result == "acceptable" ? 1 : 0;
            }
            else
            {
                Assert.Equal("acceptable", wycheproof.Result);
                Assert.True(EndsHandshakes(publicKey), wycheproof.ToString());
                refused++;
            }
        }

        Assert.Equal((264, 223, 31), (valid, acceptable, refused));
    }

    [VectorFact("wycheproof/ed25519_test.json")]
    public void All_151_cases_of_ed25519_end_as_published()
    {
        var (valid, invalid, otherSizes) = (0, 0, 0);
        foreach (var wycheproof in WycheproofFile.Cases("ed25519"))
        {
            var publicKey = Bytes32.From(Convert.FromHexString(
                wycheproof.Group.GetProperty("publicKey").GetProperty("pk").GetString()!));
            var signature = wycheproof.Bytes("sig");

            var verifies = Ed25519KeyPair.Verify(publicKey, wycheproof.Bytes("msg"), signature);

            Assert.True(verifies == wycheproof.IsValid, wycheproof.ToString());
            valid += verifies ? 1 : 0;
            invalid += !verifies && signature.Length == Ed25519KeyPair.SignatureSize ? 1 : 0;
            otherSizes += signature.Length != Ed25519KeyPair.SignatureSize ? 1 : 0;
        }

        Assert.Equal((88, 51, 12), (valid, invalid, otherSizes));
    }

    /// <summary>True when no handshake comes about with a key, be it the static key dialled or the ephemeral one that dials.</summary>
    private bool EndsHandshakes(Bytes32 lowOrder)
    {
        using var own = X25519KeyPair.Generate(new SeededRandom(1));
        using var initiator = new HandshakeState(
            _slab, CipherSuite.ChaCha20Poly1305, HandshakePattern.IKpsk2, initiator: true, [], own, lowOrder, new byte[32]);
        initiator.UseEphemeral(X25519KeyPair.Generate(new SeededRandom(2)));
        using var responder = new HandshakeState(
            _slab, CipherSuite.ChaCha20Poly1305, HandshakePattern.IKpsk2, initiator: false, [], own, remoteStatic: null, new byte[32]);
        var message = new byte[96];
        lowOrder.CopyTo(message);
        return !initiator.TryWriteMessage([], new byte[200], out _) && !responder.TryReadMessage(message, new byte[200], out _);
    }
}
