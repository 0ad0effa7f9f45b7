using System;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

public sealed class AeadKeyTests : IDisposable
{
    private readonly SessionKeySlab _slab = new();

    public void Dispose() => _slab.Dispose();

    /// <summary>RFC 8439, section 2.8.2: its nonce read as prefix 7 and a counter with the lowest byte first.</summary>
    [Fact]
    public void ChaCha20_Poly1305_seals_the_example_of_its_specification()
    {
        var key = Convert.FromHexString("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        var plain = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."u8;
        using var sealing = new AeadKey(_slab, CipherSuite.ChaCha20Poly1305, key);
        var buffer = new byte[plain.Length + AeadKey.TagSize];
        plain.CopyTo(buffer);

        sealing.Seal(0x07000000, 0x4746454443424140, Convert.FromHexString("50515253c0c1c2c3c4c5c6c7"), buffer);

        Assert.StartsWith("d31a8d34648e60db7b86afbc53ef7ec2", Convert.ToHexStringLower(buffer), StringComparison.Ordinal);
        Assert.EndsWith("1ae10b594f09e26a7e902ecbd0600691", Convert.ToHexStringLower(buffer), StringComparison.Ordinal);
    }

    /// <summary>Prefix and counter both are part of the nonce, whichever byte of them differs.</summary>
    [Theory]
    [InlineData((byte)CipherSuite.Aes256Gcm, (byte)CipherSuite.ChaCha20Poly1305)]
    [InlineData((byte)CipherSuite.ChaCha20Poly1305, (byte)CipherSuite.Aes256Gcm)]
    public void Opens_under_its_own_suite_nonce_and_associated_bytes_alone(byte suite, byte otherSuite)
    {
        var key = new byte[AeadKey.KeySize];
        new SeededRandom(1).Fill(key);
        using var sealing = new AeadKey(_slab, (CipherSuite)suite, key);
        using var other = new AeadKey(_slab, (CipherSuite)otherSuite, key);
        var text = new byte[40];
        sealing.Seal(1, 2, [3], text);

        Assert.False(other.TryOpen(1, 2, [3], (byte[])text.Clone()));
        Assert.False(sealing.TryOpen(1, 2, [4], (byte[])text.Clone()));
        for (var bit = 0; bit < 64; bit++)
        {
            Assert.False(sealing.TryOpen(1, 2ul ^ (1ul << bit), [3], (byte[])text.Clone()), $"bit {bit} of the counter");
            Assert.False(sealing.TryOpen(1u ^ (1u << (bit % 32)), 2, [3], (byte[])text.Clone()), $"bit {bit} of the prefix");
        }

        Assert.True(sealing.TryOpen(1, 2, [3], text));
        Assert.Equal(-1, text.AsSpan(0, text.Length - AeadKey.TagSize).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_suite_that_is_none_gets_no_key_and_takes_no_slot()
    {
        Assert.Throws<PlatformNotSupportedException>(() => new AeadKey(_slab, (CipherSuite)3, new byte[AeadKey.KeySize]));
        Assert.False(((CipherSuite)3).IsSupported());
        Assert.True(CipherSuite.ChaCha20Poly1305.IsSupported());
        Assert.Equal(0, _slab.Rented);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_size_is_refused(int size)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AeadKey(_slab, CipherSuite.Aes256Gcm, new byte[size]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AeadKey(_slab, CipherSuite.ChaCha20Poly1305, new byte[size]));
    }
}
