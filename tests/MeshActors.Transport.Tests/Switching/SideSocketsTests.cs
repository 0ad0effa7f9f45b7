using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Switching;

/// <summary>Numbers of side sockets, and what becomes of them.</summary>
public sealed class SideSocketsTests
{
    private static readonly UdpEndpoint Local = new(UdpEndpoint.MappedPrefix, 50_000);

    private readonly SideSockets _sides = new();

    [Fact]
    public void A_number_is_opened_used_and_given_back()
    {
        Assert.True(_sides.TryOpen(out var number));
        Assert.Equal(SideSocketState.Opening, _sides.StateOf(number));
        Assert.False(_sides.IsOpen(number));
        Assert.Equal([new SocketOrder(number, Open: true)], Orders());

        _sides.HandleOpened(number, Local);
        Assert.True(_sides.IsOpen(number));
        Assert.Equal(Local, _sides.LocalOf(number));

        _sides.Close(number);
        _sides.Close(number);
        Assert.False(_sides.IsOpen(number));
        Assert.Equal([new SocketOrder(number, Open: false)], Orders());
        Assert.Equal((SideSocketState.Free, 0), (_sides.StateOf(number), _sides.Count));
    }

    [Fact]
    public void There_are_so_many_and_no_more_and_each_has_its_own_number()
    {
        var numbers = new HashSet<int>();
        for (var i = 0; i < SideSockets.Most; i++)
        {
            Assert.True(_sides.TryOpen(out var number));
            Assert.True(numbers.Add(number));
        }

        Assert.False(_sides.TryOpen(out _));
        Assert.Equal(SideSockets.Most, Orders().Count);
        _sides.Close(17);
        Assert.False(_sides.TryOpen(out _));
        Orders();
        Assert.True(_sides.TryOpen(out var again));
        Assert.Equal(17, again);
    }

    [Fact]
    public void A_number_given_back_is_the_last_to_be_given_out_again()
    {
        _sides.TryOpen(out var first);
        _sides.Close(first);
        Orders();

        for (var i = 1; i < SideSockets.Most; i++)
        {
            Assert.True(_sides.TryOpen(out var number));
            Assert.NotEqual(first, number);
        }
    }

    [Fact]
    public void One_that_failed_or_was_given_back_before_is_not_open()
    {
        _sides.TryOpen(out var failed);
        _sides.TryOpen(out var late);
        _sides.Close(late);
        _sides.HandleFailed(failed);
        _sides.HandleOpened(late, Local);

        Assert.False(_sides.IsOpen(late));
        Assert.Equal(SideSocketState.Failed, _sides.StateOf(failed));
        _sides.LetGo(failed, default);
        Orders();
        Assert.Equal(0, _sides.Count);
    }

    [Fact]
    public void One_that_was_let_go_is_closed_when_no_path_names_it()
    {
        _sides.TryOpen(out var number);
        _sides.HandleOpened(number, Local);
        Orders();
        var now = new MonoTime(1_000);
        _sides.LetGo(number, now);
        Assert.True(_sides.IsOpen(number));
        Assert.Equal(now + SideSockets.SweepInterval, _sides.NextTimeout);

        _sides.HandleTimeout([], now);
        Assert.Empty(Orders());
        _sides.HandleTimeout([], _sides.NextTimeout!.Value);

        Assert.Equal([new SocketOrder(number, Open: false)], Orders());
        Assert.Null(_sides.NextTimeout);
    }

    private List<SocketOrder> Orders()
    {
        var orders = new List<SocketOrder>();
        while (_sides.PollOrder(out var order))
        {
            orders.Add(order);
        }

        return orders;
    }
}
