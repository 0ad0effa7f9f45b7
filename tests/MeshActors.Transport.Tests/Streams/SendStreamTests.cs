using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class SendStreamTests
{
    /// <summary>Parts go out, get lost or acknowledged in any order and more than once; the other side must end with all bytes.</summary>
    [Fact]
    public void Everything_arrives_whatever_is_lost() =>
        Gen.Select(Gen.Byte.Array[1, 300].Array[1, 10], Gen.Int[0, 3].Array[1, 200], Gen.Int[1, 90]).Sample(
            (messages, choices, most) =>
            {
                var stream = new SendStream();
                foreach (var message in messages)
                {
                    stream.Enqueue(message);
                }

                stream.Finish();
                var all = MessageQueueTests.Concatenate(messages);
                var arrived = new byte[all.Length];
                var inFlight = new List<(long Offset, int Length, bool Fin)>();
                for (var i = 0; !stream.IsDone; i++)
                {
                    Assert.True(i < 10_000);
                    var choice = choices[i % choices.Length];
                    if (inFlight.Count == 0 || choice == 0)
                    {
                        if (Take(stream, most) is { } taken)
                        {
                            stream.CopyTo(arrived.AsSpan((int)taken.Offset, taken.Length), taken.Offset);
                            inFlight.Add(taken);
                        }

                        choice = i % 7 == 6 ? 1 : choice;
                    }

                    if (inFlight.Count > 0 && choice > 0)
                    {
                        var part = inFlight[i % inFlight.Count];
                        if (choice == 1)
                        {
                            stream.HandleAcked(part.Offset, part.Length, part.Fin);
                            inFlight.Remove(part);
                        }
                        else if (i < 500)
                        {
                            stream.HandleLost(part.Offset, part.Length, part.Fin);
                        }
                        else
                        {
                            choices = [1, 0];
                        }
                    }
                }

                Assert.True(all.SequenceEqual(arrived));
                Assert.Equal(all.Length, stream.AckedTo);
                Assert.Equal(0, stream.HeldBytes);
                Assert.False(stream.HasLost || stream.HasNew);
            });

    [Fact]
    public void Sends_no_new_bytes_beyond_its_credit()
    {
        var stream = new SendStream();
        stream.Enqueue(new byte[StreamLimits.InitialStreamCredit]);

        Assert.Equal(StreamLimits.InitialStreamCredit, stream.TakeNew(1_000_000).Length);
        Assert.False(stream.HasNew);

        stream.RaiseCredit(StreamLimits.InitialStreamCredit + 2);
        Assert.Equal(2, stream.TakeNew(1_000_000).Length);
    }

    [Fact]
    public void Lost_bytes_that_were_acknowledged_meanwhile_do_not_go_again()
    {
        var stream = new SendStream();
        stream.Enqueue(new byte[99]);
        stream.TakeNew(100);
        stream.HandleAcked(40, 20, fin: false);

        stream.HandleLost(0, 101, fin: false);

        Assert.Equal((0, 40, false), stream.TakeLost(1_000));
        Assert.Equal((60, 41, false), stream.TakeLost(1_000));
        Assert.False(stream.HasLost);
    }

    [Fact]
    public void The_end_alone_is_sent_and_sent_again()
    {
        var stream = new SendStream();
        stream.Finish();

        Assert.True(stream.HasNew);
        Assert.Equal((0, 0, true), stream.TakeNew(100));
        stream.HandleLost(0, 0, fin: true);
        Assert.Equal((0, 0, true), stream.TakeLost(100));
        stream.HandleAcked(0, 0, fin: true);

        Assert.True(stream.IsDone);
    }

    private static (long Offset, int Length, bool Fin)? Take(SendStream stream, int most) =>
        stream.HasLost ? stream.TakeLost(most) : stream.HasNew ? stream.TakeNew(most) : null;
}
