using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class CandidateExchangeTests
{
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(10);

    private readonly CandidateExchange _a = new();
    private readonly CandidateExchange _b = new();
    private readonly Queue<(CandidateExchange To, byte[] Content)> _underWay = new();
    private readonly Dictionary<CandidateExchange, int> _taken = [];
    private MonoTime _now = new(0);
    private int _frames;

    [Fact]
    public void Lists_that_cross_are_known_after_three_frames_each_and_then_it_is_quiet()
    {
        _a.SetOwn(ListOf(1), _now);
        _b.SetOwn(ListOf(1), _now);

        Play(lose: _ => false);

        Assert.Equal(6, _frames);
        Assert.Equal(1, _taken[_a]);
        Assert.Equal(1, _taken[_b]);
    }

    [Fact]
    public void A_node_without_candidates_answers_once()
    {
        _a.SetOwn(ListOf(1), _now);

        Play(lose: _ => false);

        Assert.Equal(2, _frames);
        Assert.Equal(1, _taken[_b]);
    }

    [Fact]
    public void Whatever_is_lost_of_the_first_frames_both_know_in_the_end_and_it_is_quiet()
    {
        for (var lost = 0; lost < 256; lost++)
        {
            var test = new CandidateExchangeTests();
            test._a.SetOwn(ListOf(1), test._now);
            test._b.SetOwn(ListOf(1), test._now);

            test.Play(frame => frame < 8 && (lost & (1 << frame)) != 0);

            Assert.Equal((1, 1), (test._taken.GetValueOrDefault(test._a), test._taken.GetValueOrDefault(test._b)));
            Assert.InRange(test._frames, 4, 24);
        }
    }

    [Fact]
    public void A_list_that_took_the_place_of_another_is_told_as_well()
    {
        _a.SetOwn(ListOf(1), _now);
        _b.SetOwn(ListOf(1), _now);
        Play(lose: _ => false);
        _a.SetOwn(ListOf(2), _now);

        Play(lose: _ => false);

        Assert.Equal(2, _taken[_b]);
        Assert.Equal(6 + 2, _frames);
    }

    [Fact]
    public void A_list_that_is_told_again_is_taken_again_and_is_no_news()
    {
        _a.SetOwn(ListOf(1), _now);
        _b.SetOwn(ListOf(1), _now);
        Play(lose: _ => false);
        Assert.True(_b.IsNews);

        _a.TellAgain(_now);
        Play(lose: _ => false);

        Assert.Equal(2, _taken[_b]);
        Assert.Equal(1, _taken[_a]);
        Assert.False(_b.IsNews);
        Assert.Equal(6 + 2, _frames);
    }

    [Fact]
    public void A_list_told_again_that_is_lost_comes_again_and_one_with_other_endpoints_is_news()
    {
        _a.SetOwn(ListOf(1), _now);
        _b.SetOwn(ListOf(1), _now);
        Play(lose: _ => false);
        _a.TellAgain(_now);
        Play(frame => frame is 6 or 7);
        Assert.Equal(2, _taken[_b]);
        Assert.False(_b.IsNews);

        Assert.True(_a.SetOwn(ListOf(2), _now));
        Play(lose: _ => false);

        Assert.Equal(3, _taken[_b]);
        Assert.True(_b.IsNews);
        Assert.False(_a.SetOwn(ListOf(2), _now));
    }

    private static LocalCandidates ListOf(ulong sequence) =>
        new(sequence, [(CandidateKind.Host, new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x0A00_0001, (ushort)(7_000 + sequence)))]);

    private void Play(Predicate<int> lose)
    {
        for (var end = _now + TimeSpan.FromSeconds(30); _now < end; _now += OneWay)
        {
            for (var left = _underWay.Count; left > 0; left--)
            {
                var (to, content) = _underWay.Dequeue();
                Take(to, content);
            }

            Send(_a, _b, lose);
            Send(_b, _a, lose);
        }
    }

    private void Take(CandidateExchange to, byte[] content)
    {
        var room = new (CandidateKind Kind, UdpEndpoint Endpoint)[CandidatesFrame.MaxCandidates];
        if (to.HandleFrame(content, room, _now) > 0)
        {
            _taken[to] = _taken.GetValueOrDefault(to) + 1;
        }
    }

    private void Send(CandidateExchange from, CandidateExchange to, Predicate<int> lose)
    {
        Span<byte> buffer = stackalloc byte[256];
        while (from.PollFrame(buffer, _now) is > 0 and var length)
        {
            Assert.True(VarInt.TryRead(buffer[..length], out var type, out var first));
            Assert.Equal(FrameType.Candidates, type);
            Assert.True(VarInt.TryRead(buffer[first..length], out var size, out var second));
            if (!lose(_frames++))
            {
                _underWay.Enqueue((to, buffer.Slice(first + second, (int)size).ToArray()));
            }
        }
    }
}
