using System;
using System.Linq;
using Akka.Actor;
using CsCheck;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class AssociationHelloTests
{
    [Fact]
    public void Has_these_bytes()
    {
        var hello = new AssociationHello(new Address("mesh", "sys", "[::1]", 0x1234));

        Assert.Equal("0103737973055B3A3A315D1234", Convert.ToHexString(hello.ToBytes()));
    }

    [Theory]
    [InlineData("sys", "127.0.0.1", 1)]
    [InlineData("a-long_name.of.a-system", "node.example.org", 65_535)]
    [InlineData("s", "a91f.0000.7c2e", 1)]
    public void Comes_back_as_it_went(string system, string host, int port)
    {
        var hello = new AssociationHello(new Address("mesh", system, host, port));

        Assert.True(AssociationHello.TryRead(hello.ToBytes(), out var read));
        Assert.Equal(hello, read);
    }

    [Fact]
    public void The_number_of_the_association_stands_behind_the_port_and_is_left_out_when_there_is_none()
    {
        var hello = new AssociationHello(new Address("mesh", "sys", "[::1]", 0x1234), Number: 0x01020304);

        Assert.Equal("0103737973055B3A3A315D123401020304", Convert.ToHexString(hello.ToBytes()));
        Assert.True(AssociationHello.TryRead([.. hello.ToBytes(), 9], out var read));
        Assert.Equal(hello, read);
        Assert.True(AssociationHello.TryRead(hello.ToBytes().AsSpan(0, 13), out var without));
        Assert.Equal(0u, without.Number);
    }

    [Fact]
    public void Bytes_of_a_later_version_behind_it_are_skipped()
    {
        var hello = new AssociationHello(new Address("mesh", "sys", "host", 7));

        Assert.True(AssociationHello.TryRead([.. hello.ToBytes(), 1, 2, 3], out var read));
        Assert.Equal(hello, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("020373797301610001")] // another version
    [InlineData("0100016100 01")] // no system
    [InlineData("01037379730000 01")] // no host
    [InlineData("010373797301610000")] // port 0
    [InlineData("0103737973016100")] // cut off
    [InlineData("01FF737973016100 01")] // length beyond the end
    [InlineData("0103738073016100 01")] // not UTF-8
    [InlineData("01032F797301610001")] // a slash in the name
    [InlineData("0103737973010A0001")] // a control character in the host
    public void Refuses_what_is_none(string hex) =>
        Assert.False(AssociationHello.TryRead(Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)), out _));

    [Fact]
    public void Anything_may_come_and_what_is_read_is_written_the_same() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            if (bytes.Length > 0)
            {
                bytes[0] = AssociationHello.Version;
            }

            return !AssociationHello.TryRead(bytes, out var hello)
                || bytes.AsSpan().StartsWith(hello.ToBytes());
        });

    [Fact]
    public void One_longer_than_the_bound_is_not_read()
    {
        var hello = new AssociationHello(new Address("mesh", "sys", "host", 7)).ToBytes();

        Assert.False(AssociationHello.TryRead(
            [.. hello, .. Enumerable.Repeat((byte)0, AssociationHello.MaxSize)], out _));
    }
}
