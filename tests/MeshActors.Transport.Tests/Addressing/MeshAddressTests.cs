using System;
using System.Globalization;
using CsCheck;
using MeshActors.Transport.Addressing;
using Xunit;

namespace MeshActors.Transport.Tests.Addressing;

public sealed class MeshAddressTests
{
    private static readonly Gen<MeshAddress> Addresses =
        Gen.Select(Gen.UShort[0, MeshAddress.MaxRealm], Gen.ULong[1, MeshAddress.MaxValue])
            .Select((realm, value) => new MeshAddress(realm, value));

    [Fact]
    public void Prints_realm_and_three_groups()
    {
        var address = new MeshAddress(0, 0xA91F_0000_7C2E);

        Assert.Equal("0:A91F.0000.7C2E", address.ToString());
        Assert.Equal("a91f.0000.7c2e", address.AkkaHost);
        Assert.Equal(1, address.AkkaPort);
    }

    [Fact]
    public void Text_read_back_is_the_same_address() =>
        Addresses.Sample(address =>
            MeshAddress.Parse(address.ToString()) == address
            && MeshAddress.Parse(address.ToString().ToLowerInvariant()) == address
            && MeshAddress.TryParse(address.ToString().AsSpan(), null, out var again)
            && again == address);

    [Fact]
    public void The_realm_may_be_left_out_when_it_is_zero() =>
        Assert.Equal(new MeshAddress(0, 1), MeshAddress.Parse("0000.0000.0001"));

    [Fact]
    public void Host_and_port_of_an_akka_address_read_back_are_the_same_address() =>
        Addresses.Sample(address =>
            MeshAddress.TryParseAkka(address.AkkaHost, address.AkkaPort, out var again) && again == address);

    [Theory]
    [InlineData("127.0.0.1", 4053)]
    [InlineData("localhost", 4053)]
    [InlineData("a91f.0000.7c2e", 0)]
    [InlineData("a91f.0000.7c2e", 65_535)]
    [InlineData("a91f.0000.7c2e", -1)]
    [InlineData("a91f.0000.7c2e", null)]
    [InlineData("0000.0000.0000", 1)]
    [InlineData(null, 1)]
    public void Other_hosts_and_ports_are_no_mesh_address(string? host, int? port) =>
        Assert.False(MeshAddress.TryParseAkka(host, port, out _));

    [Fact]
    public void The_highest_realm_has_the_highest_port()
    {
        var address = new MeshAddress(MeshAddress.MaxRealm, MeshAddress.MaxValue);

        Assert.Equal(65_534, address.AkkaPort);
        Assert.True(MeshAddress.TryParseAkka("ffff.ffff.ffff", 65_534, out var again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("0:")]
    [InlineData("A91F.0000")]
    [InlineData("A91F.0000.7C2")]
    [InlineData("A91F.0000.7C2E.0000")]
    [InlineData("A91F-0000-7C2E")]
    [InlineData("A91F00007C2E")]
    [InlineData("A91G.0000.7C2E")]
    [InlineData("+91F.0000.7C2E")]
    [InlineData(" 91F.0000.7C2E")]
    [InlineData("0:0000.0000.0000")]
    [InlineData("65534:A91F.0000.7C2E")]
    [InlineData("-1:A91F.0000.7C2E")]
    [InlineData("+0:A91F.0000.7C2E")]
    [InlineData(" 0:A91F.0000.7C2E")]
    [InlineData("0x0:A91F.0000.7C2E")]
    [InlineData("0:0:A91F.0000.7C2E")]
    [InlineData("0:A91F.0000.7C2E\n")]
    [InlineData("A91F.0000.7C2\0")]
    [InlineData("A91\0.0000.7C2E")]
    [InlineData("0\0:A91F.0000.7C2E")]
    public void Other_text_is_refused_with_the_form_that_is_meant(string text)
    {
        Assert.False(MeshAddress.TryParse(text, CultureInfo.InvariantCulture, out var address));
        Assert.Equal(default, address);
        Assert.Contains("0:A91F.0000.7C2E", Assert.Throws<FormatException>(() => MeshAddress.Parse(text)).Message);
    }

    [Fact]
    public void Garbage_never_throws() =>
        Gen.String.Sample(text => !MeshAddress.TryParse(text, null, out var address) || address.Value != 0);

    [Fact]
    public void Bytes_read_back_are_the_same_address() =>
        Addresses.Sample(address =>
        {
            Span<byte> bytes = stackalloc byte[MeshAddress.Size];
            address.Write(bytes);
            return MeshAddress.TryRead(bytes, out var again) && again == address;
        });

    [Fact]
    public void Bytes_are_realm_and_value_in_network_order()
    {
        Span<byte> bytes = stackalloc byte[MeshAddress.Size];
        new MeshAddress(0x0102, 0xA91F_0000_7C2E).Write(bytes);

        Assert.Equal("0102A91F00007C2E", Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData("0000000000000000")]
    [InlineData("FFFE000000000001")]
    [InlineData("FFFF000000000001")]
    [InlineData("00000000000001")]
    [InlineData("")]
    public void Bytes_that_name_no_node_are_refused(string hex) =>
        Assert.False(MeshAddress.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Order_is_that_of_the_bytes() =>
        Gen.Select(Addresses, Addresses).Sample((a, b) =>
        {
            Span<byte> left = stackalloc byte[MeshAddress.Size];
            Span<byte> right = stackalloc byte[MeshAddress.Size];
            a.Write(left);
            b.Write(right);
            var expected = Math.Sign(left.SequenceCompareTo(right));
            return Math.Sign(a.CompareTo(b)) == expected
                && (a < b) == (expected < 0)
                && (a > b) == (expected > 0)
                && (a <= b) == (expected <= 0)
                && (a >= b) == (expected >= 0)
                && (a == b) == (expected == 0);
        });

    [Fact]
    public void Zero_bits_too_many_bits_and_reserved_realms_name_nobody()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MeshAddress(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MeshAddress(0, MeshAddress.MaxValue + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MeshAddress(MeshAddress.MaxRealm + 1, 1));
    }
}
