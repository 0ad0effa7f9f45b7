using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.WebSockets;
using Xunit;

namespace MeshActors.Transport.Tests.WebSockets;

public sealed class DatagramFramingTests
{
    [Fact]
    public void Datagrams_come_out_as_they_went_in()
    {
        var message = new byte[DatagramFraming.MostMessageBytes];
        int[] lengths = [1, 1_200, 9_000, 50_000];
        var end = 0;
        foreach (var length in lengths)
        {
            end += DatagramFraming.Write(message.AsSpan(end), Filled(length));
        }

        var rest = message.AsSpan(0, end);
        foreach (var length in lengths)
        {
            Assert.True(DatagramFraming.TryTake(ref rest, out var datagram));
            Assert.Equal(Filled(length), datagram.ToArray());
        }

        Assert.False(DatagramFraming.TryTake(ref rest, out _));
        Assert.True(rest.IsEmpty);
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0, 7 })]
    [InlineData(new byte[] { 0, 2, 7 })]
    [InlineData(new byte[] { 255, 255, 7, 7 })]
    public void What_is_no_datagram_behind_its_length_is_left_over(byte[] message)
    {
        var rest = message.AsSpan();

        Assert.False(DatagramFraming.TryTake(ref rest, out _));
        Assert.False(rest.IsEmpty);
    }

    [Fact]
    public void Messages_hold_whole_datagrams_and_no_more_than_64_KiB()
    {
        var written = new byte[300_000];
        var end = 0;
        for (var i = 0; i < 40; i++)
        {
            end += DatagramFraming.Write(written.AsSpan(end), Filled(7_000));
        }

        var messages = new List<int>();
        var left = written.AsSpan(0, end);
        while (!left.IsEmpty)
        {
            messages.Add(DatagramFraming.NextMessage(left));
            left = left[messages[^1]..];
        }

        Assert.Equal([9 * 7_002, 9 * 7_002, 9 * 7_002, 9 * 7_002, 4 * 7_002], messages);
        Assert.Equal(
            DatagramFraming.HeadSize + DatagramFraming.MostDatagramBytes,
            DatagramFraming.NextMessage(written.AsSpan(0, DatagramFraming.Write(written, Filled(DatagramFraming.MostDatagramBytes)))));
    }

    private static byte[] Filled(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
}
