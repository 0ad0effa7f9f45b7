using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class OutboundPayloadsTests
{
    private const int HighWaterMark = 10_000;

    private static readonly byte[] Small = new byte[OutboundPayloads.SmallBytes];
    private static readonly byte[] Large = new byte[OutboundPayloads.SmallBytes + 1];

    private readonly List<int> _sent = [];
    private readonly OutboundPayloads _outbound;
    private bool _writable = true;
    private int _room;
    private int _finished;

    public OutboundPayloadsTests()
    {
        _outbound = new OutboundPayloads(TrySend, () => _finished++, HighWaterMark);
    }

    [Fact]
    public void Payloads_wait_up_to_the_high_water_mark_above_which_only_small_ones_are_taken()
    {
        _writable = false;

        for (var i = 0; i < HighWaterMark / Large.Length; i++)
        {
            Assert.True(_outbound.TryWrite(Large));
        }

        Assert.False(_outbound.TryWrite(Large));
        Assert.True(_outbound.TryWrite(Small));
        Assert.Empty(_sent);

        _writable = true;
        _outbound.Resume();
        Assert.Equal([.. Enumerable.Repeat(Large.Length, HighWaterMark / Large.Length), Small.Length], _sent);
    }

    [Fact]
    public void Once_refused_large_ones_are_refused_until_half_of_the_mark_is_free()
    {
        _writable = false;
        var taken = 0;
        while (_outbound.TryWrite(Large))
        {
            taken += Large.Length;
        }

        for (_room = 1; taken - Large.Length > HighWaterMark / 2; _room = 1, taken -= Large.Length)
        {
            _outbound.Resume();
            Assert.False(_outbound.TryWrite(Large));
        }

        _outbound.Resume();
        Assert.True(_outbound.TryWrite(Large));
    }

    [Fact]
    public void A_lone_payload_above_the_mark_is_taken()
    {
        _writable = false;

        Assert.True(_outbound.TryWrite(new byte[HighWaterMark + 1]));
        Assert.False(_outbound.TryWrite(Large));
    }

    [Fact]
    public void Small_payloads_have_a_hard_bound()
    {
        _writable = false;

        var waiting = 0;
        while (_outbound.TryWrite(Small))
        {
            waiting += Small.Length;
            Assert.InRange(waiting, 0, HighWaterMark + OutboundPayloads.SmallBytesAbove);
        }

        Assert.InRange(waiting, HighWaterMark + OutboundPayloads.SmallBytesAbove - Small.Length, int.MaxValue);
    }

    [Fact]
    public void A_large_payload_never_overtakes_a_small_one_that_waits()
    {
        _writable = false;
        Assert.True(_outbound.TryWrite(Small));
        _writable = true;

        Assert.True(_outbound.TryWrite(Large));
        Assert.Empty(_sent);
        _outbound.Resume();

        Assert.Equal([Small.Length, Large.Length], _sent);
    }

    [Fact]
    public void Closing_finishes_behind_what_was_taken_and_only_once()
    {
        _writable = false;
        Assert.True(_outbound.TryWrite(Small));

        _outbound.Close();
        _outbound.Close();
        Assert.False(_outbound.TryWrite(Small));
        Assert.Equal(0, _finished);

        _writable = true;
        _outbound.Resume();
        _outbound.Resume();
        Assert.Equal([Small.Length], _sent);
        Assert.Equal(1, _finished);
    }

    /// <summary>Whatever the stream takes and refuses: what was taken is sent, once and in order.</summary>
    [Fact]
    public void What_is_taken_is_sent_once_and_in_order() =>
        Gen.Select(Gen.Bool, Gen.Int[1, 3_000]).Array[0, 200].Sample(steps =>
        {
            var sent = new List<int>();
            var taken = new List<int>();
            var writable = true;
            var outbound = new OutboundPayloads(
                message =>
                {
                    if (writable)
                    {
                        sent.Add(message.Length);
                    }

                    return writable;
                },
                () => { },
                HighWaterMark);
            foreach (var (toggle, length) in steps)
            {
                writable ^= toggle;
                if (toggle && writable)
                {
                    outbound.Resume();
                }

                if (outbound.TryWrite(new byte[length]))
                {
                    taken.Add(length);
                }
            }

            writable = true;
            outbound.Resume();
            Assert.Equal(taken, sent);
        });

    [Fact]
    public void A_large_payload_and_its_reference_are_taken_together_or_not_at_all()
    {
        _writable = false;
        var large = new List<int>();
        bool Write() => _outbound.TryWriteLarge(Large, new byte[PayloadReference.Size], message => _writable && Note(large, message), () => _finished++);
        var taken = 0;
        while (Write())
        {
            taken++;
        }

        Assert.InRange(taken * Large.Length, HighWaterMark / 2, HighWaterMark);
        _writable = true;
        _outbound.Resume();
        Assert.Equal(Enumerable.Repeat(PayloadReference.Size, taken), _sent);
        Assert.Empty(large);
        _outbound.Close();
        Assert.Equal(1, _finished);
        _outbound.Resume(isLarge: true);

        Assert.Equal(Enumerable.Repeat(Large.Length, taken), large);
        Assert.Equal(2, _finished);
        Assert.False(Write());
        Assert.Equal(taken, _sent.Count);
    }

    [Fact]
    public void What_waits_for_the_companion_has_a_bound_by_number()
    {
        var outbound = new OutboundPayloads(_ => true, () => { }, int.MaxValue);
        bool Write() => outbound.TryWriteLarge(Large, new byte[PayloadReference.Size], _ => false, () => { });
        for (var count = 0; count < OutboundPayloads.MostLarge; count++)
        {
            Assert.True(Write());
        }

        Assert.False(Write());
    }

    private static bool Note(List<int> sent, ReadOnlyMemory<byte> message)
    {
        sent.Add(message.Length);
        return true;
    }

    private bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (!_writable && _room == 0)
        {
            return false;
        }

        _room = Math.Max(0, _room - 1);
        _sent.Add(message.Length);
        return true;
    }
}
