using System;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class CongestionTests
{
    private readonly NewReno _controller = new();

    [Fact]
    public void Slow_start_adds_what_is_acknowledged()
    {
        _controller.HandleAcked(1_200, At(1), _controller.WindowBytes);

        Assert.Equal(NewReno.InitialWindowBytes + 1_200, _controller.WindowBytes);
    }

    [Fact]
    public void A_window_that_is_not_used_does_not_grow()
    {
        _controller.HandleAcked(1_200, At(1), bytesInFlight: 1_200);

        Assert.Equal(NewReno.InitialWindowBytes, _controller.WindowBytes);
    }

    [Fact]
    public void Loss_halves_the_window_once_for_each_round_trip()
    {
        _controller.HandleLost(At(1), At(100), persistent: false);
        _controller.HandleLost(At(50), At(110), persistent: false);
        Assert.Equal(NewReno.InitialWindowBytes / 2, _controller.WindowBytes);

        _controller.HandleLost(At(101), At(200), persistent: false);
        Assert.Equal(NewReno.InitialWindowBytes / 4, _controller.WindowBytes);
    }

    [Fact]
    public void After_loss_a_window_of_acknowledgements_adds_one_packet()
    {
        _controller.HandleLost(At(1), At(100), persistent: false);
        var window = _controller.WindowBytes;
        for (var acked = 0; acked < window; acked += 1_200)
        {
            _controller.HandleAcked(1_200, At(101), window);
        }

        Assert.Equal(window + 1_200, _controller.WindowBytes);
    }

    [Fact]
    public void Persistent_congestion_leaves_the_smallest_window()
    {
        _controller.HandleLost(At(1), At(100), persistent: true);

        Assert.Equal(NewReno.MinimumWindowBytes, _controller.WindowBytes);
    }

    [Fact]
    public void The_pacer_sends_a_window_and_a_quarter_in_a_round_trip()
    {
        var pacer = new Pacer(At(0));
        var roundTrip = TimeSpan.FromMilliseconds(100);
        var now = At(0);
        var sent = 0L;
        while (now < At(1_000))
        {
            var next = pacer.NextSend(100_000, roundTrip, now);
            if (next <= now)
            {
                pacer.HandleSent(1_200);
                sent += 1_200;
            }

            now = MonoTime.Latest(now, next);
        }

        Assert.InRange(sent, 1_250_000, 1_250_000 + NewReno.InitialWindowBytes + 1_200);
    }

    private static MonoTime At(double milliseconds) => new MonoTime(0) + TimeSpan.FromMilliseconds(milliseconds);
}
