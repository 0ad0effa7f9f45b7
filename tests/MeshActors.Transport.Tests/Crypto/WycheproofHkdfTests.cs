using System;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>Wycheproof's cases of HKDF and of HMAC, its first half, with SHA-256.</summary>
public sealed class WycheproofHkdfTests
{
    [VectorFact("wycheproof/hkdf_sha256_test.json")]
    public void All_86_cases_of_hkdf_end_as_published()
    {
        var (valid, tooLong) = (0, 0);
        Span<byte> key = stackalloc byte[Hkdf.KeySize];
        foreach (var wycheproof in WycheproofFile.Cases("hkdf_sha256"))
        {
            Hkdf.Extract(wycheproof.Bytes("salt"), wycheproof.Bytes("ikm"), key);
            var output = new byte[wycheproof.Test.GetProperty("size").GetInt32()];
            var info = wycheproof.Bytes("info");
            if (output.Length > Hkdf.MaxOutput)
            {
                Assert.False(wycheproof.IsValid);
                var kept = key.ToArray();
                Assert.Throws<ArgumentOutOfRangeException>(() => Hkdf.Expand(kept, info, output));
                tooLong++;
                continue;
            }

            Hkdf.Expand(key, info, output);
            Assert.True(wycheproof.IsValid, wycheproof.ToString());
            Assert.Equal(wycheproof.Bytes("okm"), output);
            valid++;
        }

        Assert.Equal((83, 3), (valid, tooLong));
    }

    [VectorFact("wycheproof/hmac_sha256_test.json")]
    public void All_174_cases_of_hmac_end_as_published()
    {
        var (valid, invalid) = (0, 0);
        Span<byte> whole = stackalloc byte[Hkdf.KeySize];
        foreach (var wycheproof in WycheproofFile.Cases("hmac_sha256"))
        {
            Hkdf.Extract(wycheproof.Bytes("key"), wycheproof.Bytes("msg"), whole);
            var tag = whole[..(wycheproof.GroupNumber("tagSize") / 8)];

            Assert.True(tag.SequenceEqual(wycheproof.Bytes("tag")) == wycheproof.IsValid, wycheproof.ToString());
            valid += wycheproof.IsValid ? 1 : 0;
            invalid += wycheproof.IsValid ? 0 : 1;
        }

        Assert.Equal((66, 108), (valid, invalid));
    }
}
