using System;
using CsCheck;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Identity;

public sealed class FleetSecretTests
{
    [Fact]
    public void Comes_back_from_its_text() =>
        Gen.ULong.Sample(seed =>
        {
            using var secret = FleetSecret.Generate(new SeededRandom(seed));
            using var again = FleetSecret.Parse($" {TextOf(secret)}\n");
            return again.Secret.SequenceEqual(secret.Secret) && again.FleetId == secret.FleetId;
        }, iter: 100);

    [Fact]
    public void Golden_text_and_fleet_id()
    {
        using var secret = FleetSecret.Generate(new SeededRandom(7));

        Assert.Equal("mesh-fleet-1-5dozipjwnsvoppvxa3dk4zuo74fck76fn3ocpv5s7ioddpps53axyxe64y", TextOf(secret));
        Assert.Equal("ef1e8b144a733152fefc87622fd6000e", $"{secret.FleetId:x32}");
    }

    [Fact]
    public void Any_other_letter_is_refused_and_the_message_tells_no_secret()
    {
        using var secret = FleetSecret.Generate(new SeededRandom(7));
        var text = TextOf(secret);

        for (var index = 0; index < text.Length; index++)
        {
            var other = $"{text[..index]}{(text[index] == 'q' ? 'r' : 'q')}{text[(index + 1)..]}";
            var refused = Assert.Throws<FormatException>(() => FleetSecret.Parse(other));
            Assert.DoesNotContain(text[20..28], refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_text_is_refused_by_a_format_exception_alone() =>
        Gen.String.Sample(text =>
        {
            Assert.Throws<FormatException>(() => FleetSecret.Parse(text));
            Assert.Throws<FormatException>(() => FleetSecret.Parse("mesh-fleet-1-" + text));
        });

    [Fact]
    public void Prints_nothing_and_is_wiped_when_disposed()
    {
        var secret = FleetSecret.Generate(new SeededRandom(7));
        Assert.Equal(typeof(FleetSecret).FullName, secret.ToString());

        secret.Dispose();

        Assert.Equal(-1, secret.Secret.IndexOfAnyExcept((byte)0));
    }

    private static string TextOf(FleetSecret secret)
    {
        Span<char> text = stackalloc char[FleetSecret.TextLength];
        secret.WriteText(text);
        return new string(text);
    }
}
