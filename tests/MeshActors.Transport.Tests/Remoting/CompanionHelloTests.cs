using System;
using CsCheck;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class CompanionHelloTests
{
    [Fact]
    public void Has_these_bytes() =>
        Assert.Equal("020201020304", Convert.ToHexString(new CompanionHello(StreamLane.Control, 0x01020304).ToBytes()));

    [Fact]
    public void Bytes_of_a_later_version_behind_it_are_skipped()
    {
        var hello = new CompanionHello(StreamLane.Association, 7);

        Assert.True(CompanionHello.TryRead([.. hello.ToBytes(), 1, 2], out var read));
        Assert.Equal(hello, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0202010203")] // cut off
    [InlineData("010201020304")] // another version
    [InlineData("020101020304")] // a lane that has no companions
    [InlineData("020301020304")] // no lane
    [InlineData("020200000000")] // no association
    public void Refuses_what_is_none(string hex) => Assert.False(CompanionHello.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Anything_may_come_and_what_is_read_is_written_the_same() => Gen.Byte.Array[0, 300].Sample(bytes =>
        !CompanionHello.TryRead(bytes, out var hello)
        || (bytes.Length <= CompanionHello.MaxSize && bytes.AsSpan().StartsWith(hello.ToBytes())));
}
