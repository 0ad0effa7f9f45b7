using System;
using MeshActors.Tasks;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class TaskIdTests
{
    [Fact]
    public void Reads_what_it_prints()
    {
        var id = new TaskId(((UInt128)0xA91F << 112) | 0x7C2E);

        Assert.True(TaskId.TryParse(id.ToString(), out var again));
        Assert.Equal(id, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a91f000000000000000000000000007c2")]
    [InlineData("a91f000000000000000000000000007")]
    [InlineData("a91f000000000000000000000000007g")]
    [InlineData("a91f000000000000000000000000007\0")]
    [InlineData(" 91f0000000000000000000000007c2e")]
    public void Refuses_what_is_no_id(string? text) => Assert.False(TaskId.TryParse(text, out _));
}
