using System.Linq;
using MeshActors.Transport.Addressing;
using Xunit;

namespace MeshActors.Transport.Tests.Addressing;

public sealed class AddressDerivationTests
{
    private static readonly byte[] Root = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    /// <summary>Addresses are permanent: these must never change.</summary>
    [Theory]
    [InlineData(0, 0, "0:F0DE.DEEB.369E")]
    [InlineData(0, 1, "0:84F2.3753.46A4")]
    [InlineData(1, 0, "1:B045.3695.D01E")]
    [InlineData(65_533, 65_535, "65533:6268.3A92.A70B")]
    public void Golden_addresses(int realm, int salt, string address) =>
        Assert.Equal(address, AddressDerivation.Derive(Root, (ushort)realm, (ushort)salt)?.ToString());

    [Fact]
    public void Every_bit_of_the_root_counts()
    {
        var other = (byte[])Root.Clone();
        other[31] ^= 0x80;

        Assert.NotEqual(AddressDerivation.Derive(Root, 0, 0), AddressDerivation.Derive(other, 0, 0));
    }
}
