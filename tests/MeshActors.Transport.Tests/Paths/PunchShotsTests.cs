using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class PunchShotsTests
{
    private static readonly MonoTime Start = new(TimeSpan.TicksPerSecond);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 16)]
    [InlineData(0, 16)]
    [InlineData(64, 1)]
    [InlineData(256, 1)]
    [InlineData(0, 2_000)]
    public void Never_more_than_two_hundred_leave_in_a_second(int sockets, int targets)
    {
        var sent = Play(sockets, targets).Select(shot => shot.At).ToArray();

        Assert.NotEmpty(sent);
        foreach (var (at, index) in sent.Select((at, index) => (at, index)))
        {
            Assert.InRange(sent.Skip(index).Count(other => other - at < TimeSpan.FromSeconds(1)), 1, 200);
        }
    }

    [Fact]
    public void Guesses_of_a_counter_leave_at_once_and_again()
    {
        var sent = Play(0, 16);

        Assert.Equal(16 * PunchShots.ShortRounds, sent.Count);
        Assert.All(sent.Take(16), shot => Assert.Equal(Start, shot.At));
        Assert.Equal(sent.Take(16).Select(shot => shot.To), sent.Skip(16).Take(16).Select(shot => shot.To));
        Assert.All(sent, shot => Assert.Null(shot.Socket));
    }

    [Fact]
    public void Many_sockets_open_with_few_hops_first_and_come_further_then()
    {
        var sent = Play(64, 1);

        Assert.Equal(Enumerable.Range(100, 64), sent.Take(64).Select(shot => shot.Socket!.Value));
        Assert.All(sent.Take(64), shot => Assert.Equal(PunchShots.OpenerHops, shot.Hops));
        Assert.All(sent.Skip(64), shot => Assert.Equal(0, shot.Hops));
        Assert.Equal(128, sent.Count);
    }

    [Fact]
    public void Ports_are_tried_once_and_reach_as_far_as_they_can()
    {
        var sent = Play(0, 2_000);

        Assert.Equal(2_000, sent.Select(shot => shot.To).Distinct().Count());
        Assert.All(sent, shot => Assert.Equal(0, shot.Hops));
    }

    [Fact]
    public void Time_that_was_missed_is_not_made_good_by_a_burst()
    {
        var shots = new PunchShots([], Targets(100), Start);
        var late = Start + TimeSpan.FromSeconds(1);

        Assert.True(shots.TryNext(out _, out _, out _, late));
        Assert.False(shots.TryNext(out _, out _, out _, late));
        Assert.Equal(late + PunchShots.Gap, shots.NextTimeout);
    }

    private static List<(MonoTime At, int? Socket, UdpEndpoint To, byte Hops)> Play(int sockets, int targets)
    {
        var shots = new PunchShots([.. Enumerable.Range(100, sockets)], Targets(targets), Start);
        var sent = new List<(MonoTime At, int? Socket, UdpEndpoint To, byte Hops)>();
        while (shots.NextTimeout is { } now)
        {
            while (shots.TryNext(out var socket, out var to, out var hops, now))
            {
                sent.Add((now, socket, to, hops));
            }
        }

        Assert.Equal(sent.Count, shots.Sent);
        return sent;
    }

    private static UdpEndpoint[] Targets(int count) =>
        [.. Enumerable.Range(1, count).Select(port => new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x2D00_0004u, (ushort)port))];
}
