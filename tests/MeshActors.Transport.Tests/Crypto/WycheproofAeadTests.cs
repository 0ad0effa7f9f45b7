using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>Wycheproof's cases of both suites through <see cref="AeadKey"/>.</summary>
public sealed class WycheproofAeadTests : IDisposable
{
    private const int KeyBits = 256;
    private const int NonceBits = 96;

    private readonly SessionKeySlab _slab = new();
    private int _opened;
    private int _refused;
    private int _otherKeys;
    private int _otherNonces;

    public void Dispose() => _slab.Dispose();

    [VectorFact("wycheproof/aes_gcm_test.json")]
    public void All_316_cases_of_aes_gcm_end_as_published()
    {
        RunAll("aes_gcm", CipherSuite.Aes256Gcm);

        Assert.Equal((39, 27, 211, 39), (_opened, _refused, _otherKeys, _otherNonces));
    }

    [VectorFact("wycheproof/chacha20_poly1305_test.json")]
    public void All_325_cases_of_chacha20_poly1305_end_as_published()
    {
        RunAll("chacha20_poly1305", CipherSuite.ChaCha20Poly1305);

        Assert.Equal((256, 60, 0, 9), (_opened, _refused, _otherKeys, _otherNonces));
    }

    private void RunAll(string file, CipherSuite suite)
    {
        foreach (var wycheproof in WycheproofFile.Cases(file))
        {
            Assert.Equal(AeadKey.TagSize * 8, wycheproof.GroupNumber("tagSize"));
            if (wycheproof.GroupNumber("keySize") != KeyBits)
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => new AeadKey(_slab, suite, wycheproof.Bytes("key")));
                _otherKeys++;
            }
            else if (wycheproof.GroupNumber("ivSize") != NonceBits)
            {
                // A nonce is a prefix of 32 bits and a counter of 64: one of another size cannot even be said.
                Assert.False(TryReadNonce(suite, wycheproof.Bytes("iv"), out _, out _));
                _otherNonces++;
            }
            else
            {
                Run(suite, wycheproof);
            }
        }

        Assert.Equal(0, _slab.Rented);
    }

    private void Run(CipherSuite suite, WycheproofCase wycheproof)
    {
        using var key = new AeadKey(_slab, suite, wycheproof.Bytes("key"));
        var message = wycheproof.Bytes("msg");
        var associated = wycheproof.Bytes("aad");
        byte[] sealedText = [.. wycheproof.Bytes("ct"), .. wycheproof.Bytes("tag")];
        Assert.True(TryReadNonce(suite, wycheproof.Bytes("iv"), out var prefix, out var counter));

        var buffer = (byte[])sealedText.Clone();
        var opens = key.TryOpen(prefix, counter, associated, buffer);

        Assert.True(opens == wycheproof.IsValid, wycheproof.ToString());
        if (!opens)
        {
            _refused++;
            return;
        }

        Assert.Equal(message, buffer[..message.Length]);
        key.Seal(prefix, counter, associated, buffer);
        Assert.Equal(sealedText, buffer);
        _opened++;
    }

    private static bool TryReadNonce(CipherSuite suite, ReadOnlySpan<byte> nonce, out uint prefix, out ulong counter)
    {
        prefix = 0;
        counter = 0;
        if (nonce.Length != NonceBits / 8)
        {
            return false;
        }

        prefix = BinaryPrimitives.ReadUInt32BigEndian(nonce);
        counter = suite == CipherSuite.Aes256Gcm
            ? BinaryPrimitives.ReadUInt64BigEndian(nonce[4..])
            : BinaryPrimitives.ReadUInt64LittleEndian(nonce[4..]);
        return true;
    }
}
