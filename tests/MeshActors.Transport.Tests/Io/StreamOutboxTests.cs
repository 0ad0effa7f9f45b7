using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MeshActors.Transport.Io;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

public sealed class StreamOutboxTests
{
    private readonly StreamOutbox _outbox = new();

    [Fact]
    public void Only_the_first_message_since_all_were_taken_needs_telling()
    {
        Assert.True(_outbox.Add(new byte[1]));
        Assert.False(_outbox.Add(new byte[2]));
        Assert.Equal(2, _outbox.TakeAll().Length);

        Assert.True(_outbox.Add(new byte[3]));
        _outbox.Clear();
        Assert.Equal(3, Assert.Single(_outbox.TakeAll().ToArray()).Length);
        _outbox.Clear();
        Assert.Equal(0, _outbox.TakeAll().Length);
    }

    [Fact]
    public void What_several_threads_add_is_taken_once_and_in_the_order_of_each()
    {
        const int Threads = 3;
        const int Each = 5_000;
        using var told = new SemaphoreSlim(0);
        var adders = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                if (_outbox.Add(new byte[] { (byte)thread, (byte)(number >> 8), unchecked((byte)number) }))
                {
                    told.Release();
                }
            }
        })).ToList();
        adders.ForEach(adder => adder.Start());
        var taken = new List<(int Thread, int Number)>();
        while (taken.Count < Threads * Each && told.Wait(TimeSpan.FromSeconds(20)))
        {
            foreach (var message in _outbox.TakeAll())
            {
                taken.Add((message.Span[0], (message.Span[1] << 8) | message.Span[2]));
            }

            _outbox.Clear();
        }

        for (var thread = 0; thread < Threads; thread++)
        {
            Assert.Equal(
                Enumerable.Range(0, Each), taken.Where(entry => entry.Thread == thread).Select(entry => entry.Number));
        }
    }

    [Fact]
    public void In_the_steady_state_it_costs_no_memory()
    {
        var message = new byte[10];
        var before = 0L;
        for (var round = 0; round < 100; round++)
        {
            before = round == 50 ? GC.GetAllocatedBytesForCurrentThread() : before;
            for (var i = 0; i < 1_000; i++)
            {
                _outbox.Add(message);
            }

            _outbox.TakeAll();
            _outbox.Clear();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
