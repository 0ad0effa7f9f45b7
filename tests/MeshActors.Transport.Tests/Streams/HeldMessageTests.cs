using System;
using System.Linq;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>Messages that wait for what comes by another stream leave that one the credit of the tunnel, with the smallest windows that there may be.</summary>
public sealed class HeldMessageTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    private static readonly StreamLimits Smallest = new()
    {
        AssociationWindowBytes = StreamLimits.InitialTunnelCredit,
        TunnelWindowBytes = StreamLimits.InitialTunnelCredit,
        MostStreamWindowBytes = StreamLimits.InitialTunnelCredit,
        MostTunnelWindowBytes = StreamLimits.InitialTunnelCredit,
        LargeMessageBytes = StreamLimits.MaxMessageBytes + 16,
    };

    private readonly MuxTwins _twins = new(Smallest);
    private readonly StreamId _main;
    private readonly StreamId _large;
    private int _held;

    public HeldMessageTests()
    {
        Assert.True(_twins.A.TryOpen(StreamLane.Association, out _main));
        Assert.True(_twins.A.TryOpen(StreamLane.Association, out _large));
        _twins.TakesOf = _ => false;
    }

    [Theory]
    [InlineData(10_000, 110, 500_000)]
    [InlineData(10_000, 110, StreamLimits.MaxMessageBytes)]
    [InlineData(StreamLimits.MaxMessageBytes, 2, StreamLimits.MaxMessageBytes)]
    [InlineData(9_000_000, 3, 9_000_000)]
    public void What_is_kept_lets_the_other_stream_come(int mainBytes, int mainCount, int largeBytes)
    {
        for (var i = 0; i < mainCount; i++)
        {
            _twins.A.Send(_main, new byte[mainBytes]);
        }

        HoldAllThatComes();
        var kept = Count(_main);
        _twins.A.Send(_large, new byte[largeBytes]);
        HoldAllThatComes();

        Assert.InRange(kept, 1, mainCount);
        Assert.Equal(1, Count(_large));

        // What was kept is taken, and the rest comes.
        ReleaseAllUntilNothingComes();
        Assert.Equal(mainCount, Count(_main));
        Assert.Empty(_twins.Outcomes);
        Assert.Equal(Smallest.LargeMessageBytes, _twins.B.LargeMessageBytesLeft);
        Assert.Equal(0, _twins.B.Statistics.ReceivedBytes);
    }

    [Fact]
    public void A_stream_keeps_no_more_than_its_window_and_two_long_messages()
    {
        const int Bytes = 2_000_000;
        for (var i = 0; i < 20; i++)
        {
            _twins.A.Send(_main, new byte[Bytes]);
        }

        HoldAllThatComes();

        Assert.InRange(Count(_main), 1, 2);
    }

    private void HoldAllThatComes()
    {
        int before;
        do
        {
            before = _held;
            _twins.Run(Most);
            for (; _held < _twins.Events[1].Count; _held++)
            {
                if (_twins.Events[1][_held] is { Kind: StreamEventKind.Message } message)
                {
                    _twins.B.Hold(message.Id, message.Message.Length);
                }
            }
        }
        while (_held != before);
    }

    private void ReleaseAllUntilNothingComes()
    {
        for (var released = 0; released < _twins.Events[1].Count;)
        {
            for (; released < _twins.Events[1].Count; released++)
            {
                if (_twins.Events[1][released] is { Kind: StreamEventKind.Message } message)
                {
                    _twins.B.Hold(message.Id, message.Message.Length, isOver: true);
                }
            }

            HoldAllThatComes();
        }
    }

    private int Count(StreamId id) => _twins.Events[1].Count(happened => happened.Kind == StreamEventKind.Message && happened.Id == id);
}
