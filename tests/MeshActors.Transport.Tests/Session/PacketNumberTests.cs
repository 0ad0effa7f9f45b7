using System;
using System.Globalization;
using System.Text.Json;
using CsCheck;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Session;

public sealed class PacketNumberTests
{
    [VectorFact("quic/rfc9000-appendix-a.json")]
    public void The_samples_of_rfc_9000_come_out_as_published()
    {
        using var document = JsonDocument.Parse(PublishedVectors.Read("quic/rfc9000-appendix-a.json"));
        var samples = document.RootElement.GetProperty("packetNumberDecode");

        Assert.Equal(1, samples.GetArrayLength());
        foreach (var sample in samples.EnumerateArray())
        {
            var expected = Hex(sample, "largest") + 1;
            Assert.Equal(
                Hex(sample, "full"),
                PacketHeader.Reconstruct(expected, (uint)Hex(sample, "truncated"), sample.GetProperty("bits").GetInt32()));
        }
    }

    [Fact]
    public void A_number_within_half_a_window_of_the_expected_one_is_found() =>
        Gen.Select(Gen.ULong[0, 1ul << 40], Gen.Long[-(1L << 31) + 1, 1L << 31]).Sample((expected, distance) =>
        {
            var full = (long)expected + distance;
            return full < 0
                || PacketHeader.Reconstruct(expected, (uint)(full & uint.MaxValue)) == (ulong)full;
        });

    [Fact]
    public void A_header_reads_as_written_and_nothing_else_is_a_header() =>
        Gen.Select(Gen.Int[0, 3], Gen.ULong, Gen.ULong[0, (1ul << 40) - 1]).Sample((phase, id, number) =>
        {
            Span<byte> bytes = stackalloc byte[PacketHeader.Size];
            PacketHeader.Write(bytes, phase, id, number);
            var read = PacketHeader.TryRead(bytes, out var readPhase, out var readId, out var low);
            bytes[0] ^= 0b100;
            return read
                && (readPhase, readId, low) == (phase, id, (uint)(number & uint.MaxValue))
                && !PacketHeader.TryRead(bytes, out _, out _, out _)
                && !PacketHeader.TryRead(bytes[1..], out _, out _, out _);
        });

    private static ulong Hex(JsonElement sample, string name) =>
        ulong.Parse(sample.GetProperty(name).GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
