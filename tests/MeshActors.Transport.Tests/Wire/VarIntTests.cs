using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CsCheck;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

public sealed class VarIntTests
{
    private const string Vectors = "quic/rfc9000-appendix-a.json";

    [VectorFact(Vectors)]
    public void Reads_the_samples_of_rfc_9000()
    {
        using var document = JsonDocument.Parse(PublishedVectors.Read(Vectors));
        var samples = document.RootElement.GetProperty("varintDecode").EnumerateArray().ToList();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
        {
            var bytes = Convert.FromHexString(sample.GetProperty("hex").GetString()!);

            Assert.True(VarInt.TryRead(bytes, out var value, out var size));
            Assert.Equal(sample.GetProperty("value").GetUInt64(), value);
            Assert.Equal(bytes.Length, size);
        }
    }

    [Theory]
    [InlineData(0ul, "00")]
    [InlineData(63ul, "3f")]
    [InlineData(64ul, "4040")]
    [InlineData(16_383ul, "7fff")]
    [InlineData(16_384ul, "80004000")]
    [InlineData(1_073_741_823ul, "bfffffff")]
    [InlineData(1_073_741_824ul, "c000000040000000")]
    [InlineData(VarInt.MaxValue, "ffffffffffffffff")]
    public void Writes_the_shortest_form(ulong value, string hex)
    {
        var bytes = new byte[VarInt.MaxSize];

        var written = VarInt.Write(bytes, value);

        Assert.Equal(hex, Convert.ToHexString(bytes, 0, written).ToLower(CultureInfo.InvariantCulture));
        Assert.Equal(VarInt.Size(value), written);
    }

    [Fact]
    public void Reads_what_it_writes_and_nothing_when_a_byte_is_missing() =>
        Gen.ULong[0, VarInt.MaxValue].Sample(value =>
        {
            var bytes = new byte[VarInt.MaxSize];
            var written = VarInt.Write(bytes, value);
            return VarInt.TryRead(bytes.AsSpan(0, written), out var read, out var size)
                && read == value
                && size == written
                && !VarInt.TryRead(bytes.AsSpan(0, written - 1), out _, out _);
        });

    [Fact]
    public void A_value_of_63_bits_is_a_mistake_of_ours() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => VarInt.Size(VarInt.MaxValue + 1));
}
