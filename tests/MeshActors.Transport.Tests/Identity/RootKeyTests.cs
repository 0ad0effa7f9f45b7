using System;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Identity;

public sealed class RootKeyTests
{
    private static readonly Gen<RootKey> Keys = Gen.Byte.Array[RootKey.Size].Select(bytes => RootKey.From(bytes));

    [Fact]
    public void Comes_back_from_its_text_in_either_case() => Keys.Sample(key =>
        key.ToString().Length == 52
        && RootKey.Parse(key.ToString()) == key
        && RootKey.Parse(key.ToString().ToUpperInvariant()) == key);

    [Fact]
    public void Is_ordered_as_its_bytes_are() =>
        Gen.Select(Gen.Byte.Array[RootKey.Size], Gen.Byte.Array[RootKey.Size]).Sample((left, right) =>
            Math.Sign(RootKey.From(left).CompareTo(RootKey.From(right)))
            == Math.Sign(left.AsSpan().SequenceCompareTo(right)));

    [Theory]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    public void Other_texts_are_no_keys(string text)
    {
        Assert.False(RootKey.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => RootKey.Parse(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>RFC 4648, section 10, without its padding and in lower case.</summary>
    [Theory]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Base32_is_that_of_the_rfc(string plain, string encoded)
    {
        var bytes = plain.Select(letter => (byte)letter).ToArray();
        Span<char> text = stackalloc char[Base32.LengthOf(bytes.Length)];
        Base32.Write(bytes, text);
        var read = new byte[bytes.Length];

        Assert.Equal(encoded, new string(text));
        Assert.True(Base32.TryRead(encoded, read));
        Assert.Equal(bytes, read);
    }
}
