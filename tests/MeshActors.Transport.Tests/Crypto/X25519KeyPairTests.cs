using System;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

public sealed class X25519KeyPairTests
{
    /// <summary>The points of small order, canonical and not: with each, every private key would agree on zero.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_key_of_low_order_is_refused(string publicKey)
    {
        using var pair = X25519KeyPair.Generate(new SeededRandom(1));

        Assert.False(pair.TryAgree(Bytes32.From(Convert.FromHexString(publicKey)), new byte[X25519KeyPair.Size]));
    }

    [Fact]
    public void Both_sides_agree_on_one_secret()
    {
        using var alice = X25519KeyPair.Generate(new SeededRandom(1));
        using var bob = X25519KeyPair.Generate(new SeededRandom(2));
        var atAlice = new byte[X25519KeyPair.Size];
        var atBob = new byte[X25519KeyPair.Size];

        Assert.True(alice.TryAgree(bob.PublicKey, atAlice) && bob.TryAgree(alice.PublicKey, atBob));

        Assert.Equal(atAlice, atBob);
    }
}
