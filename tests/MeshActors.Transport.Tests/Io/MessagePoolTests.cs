using System;
using System.Collections.Generic;
using MeshActors.Transport.Io;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

public sealed class MessagePoolTests
{
    private readonly MessagePool _pool = new();

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(100, 128)]
    [InlineData(1_048_576, 1_048_576)]
    [InlineData(1_048_577, 1_048_577)]
    public void An_array_has_room(int wanted, int length) => Assert.Equal(length, _pool.Rent(wanted).Length);

    [Fact]
    public void As_many_as_were_in_use_at_once_are_used_again()
    {
        var first = new HashSet<byte[]>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(first.Add(_pool.Rent(100)));
        }

        foreach (var array in first)
        {
            _pool.TakeBack(new ReadOnlyMemory<byte>(array, 0, 100));
        }

        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(first.Remove(_pool.Rent(128)));
        }
    }

    [Fact]
    public void Memory_of_another_kind_is_let_go()
    {
        _pool.TakeBack(new byte[100]);
        _pool.TakeBack(new byte[8]);
        _pool.TakeBack(new byte[2 * 1_048_576]);
        _pool.TakeBack(new byte[64].AsMemory(1));

        Assert.Equal(0, _pool.Bytes);
    }

    [Fact]
    public void It_keeps_no_more_than_its_bound()
    {
        for (var i = 0; i < 40; i++)
        {
            _pool.Return(new byte[1_048_576]);
        }

        Assert.Equal(MessagePool.MostBytes, _pool.Bytes);
    }

    /// <summary>What one long gap needed stays only until something else has use for the room.</summary>
    [Fact]
    public void The_size_that_was_rented_longest_ago_makes_room()
    {
        _pool.Rent(4_096);
        for (var i = 0; i < MessagePool.MostBytes / 4_096; i++)
        {
            _pool.Return(new byte[4_096]);
        }

        var message = _pool.Rent(1_048_576);
        _pool.Return(message);
        var page = _pool.Rent(4_096);
        _pool.Return(page);

        Assert.Same(message, _pool.Rent(1_048_576));
        Assert.Same(page, _pool.Rent(4_096));
        Assert.InRange(_pool.Bytes, MessagePool.MostBytes - 2_097_152, MessagePool.MostBytes);
    }
}
