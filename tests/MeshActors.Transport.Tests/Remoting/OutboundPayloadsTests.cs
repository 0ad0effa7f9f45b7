using System;
using System.Collections.Generic;
using CsCheck;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class OutboundPayloadsTests
{
    private static readonly byte[] Small = new byte[OutboundPayloads.SmallBytes];
    private static readonly byte[] Large = new byte[OutboundPayloads.SmallBytes + 1];

    private readonly List<int> _sent = [];
    private readonly OutboundPayloads _outbound;
    private bool _writable = true;
    private int _finished;

    public OutboundPayloadsTests()
    {
        _outbound = new OutboundPayloads(TrySend, () => _finished++);
    }

    [Fact]
    public void Above_the_high_water_mark_small_payloads_are_taken_and_large_ones_refused()
    {
        _writable = false;

        Assert.True(_outbound.TryWrite(Small));
        Assert.False(_outbound.TryWrite(Large));
        Assert.Empty(_sent);

        _writable = true;
        _outbound.Resume();
        Assert.Equal([Small.Length], _sent);
    }

    [Fact]
    public void Small_payloads_have_a_hard_bound()
    {
        _writable = false;

        for (var taken = 0; taken < OutboundPayloads.MaxWaitingBytes; taken += Small.Length)
        {
            Assert.True(_outbound.TryWrite(Small));
        }

        Assert.False(_outbound.TryWrite(new byte[1]));
    }

    [Fact]
    public void A_large_payload_never_overtakes_a_small_one_that_waits()
    {
        _writable = false;
        Assert.True(_outbound.TryWrite(Small));
        _writable = true;

        Assert.False(_outbound.TryWrite(Large));
        _outbound.Resume();
        Assert.True(_outbound.TryWrite(Large));

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
                () => { });
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

    private bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (_writable)
        {
            _sent.Add(message.Length);
        }

        return _writable;
    }
}
