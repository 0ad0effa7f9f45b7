using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class InboundOrderTests
{
    private const int Recipients = 4;

    internal enum Kind
    {
        Small,
        Large,
        System,
        ForAll,
    }

    [Fact]
    public void With_nothing_open_everything_passes_at_once()
    {
        var play = new Play([(Kind.Small, 0), (Kind.System, 1), (Kind.ForAll, 0)]);

        play.Main(3);

        Assert.Equal([0, 1, 2], play.Passed);
    }

    [Fact]
    public void Behind_an_open_reference_its_recipient_waits_and_others_pass()
    {
        var play = new Play([(Kind.Large, 0), (Kind.Small, 0), (Kind.Small, 1), (Kind.Large, 1), (Kind.Small, 1), (Kind.Small, 2)]);

        play.Main(6);
        Assert.Equal([2, 5], play.Passed);
        play.Large(1);
        Assert.Equal([2, 5, 0, 1], play.Passed);
        play.Large(1);
        Assert.Equal([2, 5, 0, 1, 3, 4], play.Passed);
    }

    [Fact]
    public void A_system_message_waits_for_all_that_were_open_and_what_is_for_its_recipient_waits_behind_it()
    {
        var play = new Play([(Kind.Large, 0), (Kind.System, 1), (Kind.Small, 1), (Kind.Small, 2), (Kind.Large, 3), (Kind.System, 2)]);

        play.Main(6);
        Assert.Equal([3], play.Passed);
        play.Large(1);
        Assert.Equal([3, 0, 1, 2], play.Passed);
        play.Large(1);
        Assert.Equal([3, 0, 1, 2, 4, 5], play.Passed);
    }

    [Fact]
    public void What_is_for_all_waits_for_all_and_everything_behind_it()
    {
        var play = new Play([(Kind.Large, 0), (Kind.ForAll, 0), (Kind.Small, 1), (Kind.Large, 2), (Kind.ForAll, 0), (Kind.Small, 3)]);

        play.Main(6);
        Assert.Empty(play.Passed);
        play.Large(1);
        Assert.Equal([0, 1, 2], play.Passed);
        play.Large(1);
        Assert.Equal([0, 1, 2, 3, 4, 5], play.Passed);
    }

    [Fact]
    public void The_end_waits_for_what_is_open()
    {
        var play = new Play([(Kind.Large, 0), (Kind.Small, 0)]);

        play.Main(3);
        Assert.False(play.HasEnded);
        play.Large(1);
        Assert.Equal([0, 1], play.Passed);
        Assert.True(play.HasEnded);
    }

    /// <summary>Any order of arrival of the two streams: what must keep its order does, nothing is lost or told to wait that passes, and the end comes last.</summary>
    [Fact]
    public void Whatever_arrives_first_the_order_of_each_pair_is_that_of_main() =>
        Gen.Select(Gen.Select(Gen.Int[0, 3], Gen.Int[0, Recipients - 1]).Array[0, 40], Gen.Bool.Array[0, 100]).Sample((items, turns) =>
        {
            var sent = items.Select(item => ((Kind)item.Item1, item.Item2)).ToList();
            var play = new Play(sent);
            foreach (var isLarge in turns)
            {
                if (isLarge)
                {
                    play.Large(1);
                }
                else
                {
                    play.Main(1);
                }
            }

            play.Main(sent.Count + 1);
            play.Large(sent.Count);

            Assert.Equal(Enumerable.Range(0, sent.Count), play.Passed.Order());
            Assert.True(play.HasEnded);
            for (var later = 0; later < play.Passed.Count; later++)
            {
                for (var earlier = 0; earlier < later; earlier++)
                {
                    var (first, second) = (play.Passed[earlier], play.Passed[later]);
                    Assert.False(second < first && MustKeep(sent[second], sent[first]), $"{first} overtook {second}");
                }
            }
        });

    [Theory]
    [InlineData("00")]
    [InlineData("0002000000000000000A")]
    [InlineData("0001000000000000000A00")]
    public void A_reference_that_is_none_is_refused(string hex) =>
        Assert.Equal(InboundOutcome.Refused, new InboundOrder().HandleMain(Convert.FromHexString(hex)));

    [Fact]
    public void One_that_had_to_wait_breaks_the_order_when_it_is_looked_at()
    {
        var order = new InboundOrder();
        Assert.Equal(InboundOutcome.Reference, order.HandleMain(new PayloadReference(1).ToBytes()));
        Assert.Equal(InboundOutcome.Waits, order.HandleMain((byte[])[0x12, 0x02, 0x08, 0x02]));
        Assert.Equal(InboundOutcome.Waits, order.HandleMain((byte[])[0, 9]));
        Assert.False(order.IsBroken);

        order.HandleLarge(TestPayloads.User("/user/a", 1));

        Assert.True(order.IsBroken);
    }

    [Fact]
    public void Open_references_have_a_bound()
    {
        var order = new InboundOrder();
        for (var count = 0; count < InboundOrder.MostOpen; count++)
        {
            Assert.Equal(InboundOutcome.Reference, order.HandleMain(new PayloadReference(1).ToBytes()));
        }

        Assert.Equal(InboundOutcome.Refused, order.HandleMain(new PayloadReference(1).ToBytes()));
    }

    [Fact]
    public void What_is_no_message_for_an_actor_is_refused_beside_main()
    {
        var order = new InboundOrder();

        Assert.Equal(InboundOutcome.Refused, order.HandleLarge(RawTransport.AssociateFrom(new Akka.Actor.Address("mesh", "b", "host", 1)).ToByteArray()));
        Assert.Equal(InboundOutcome.Refused, order.HandleLarge(TestPayloads.System("/user/a", 0)));
        Assert.Equal(InboundOutcome.Refused, order.HandleLarge(PayloadAddress.HeartbeatInstruction.ToArray()));
    }

    [Fact]
    public void The_end_of_the_companion_with_references_open_or_to_come_is_noticed()
    {
        var order = new InboundOrder();
        order.HandleMain(new PayloadReference(1).ToBytes());
        Assert.False(order.TryHandleLargeEnd());

        order = new InboundOrder();
        Assert.True(order.TryHandleLargeEnd());
        Assert.Equal(InboundOutcome.Refused, order.HandleMain(new PayloadReference(1).ToBytes()));
    }

    /// <summary>Heartbeats without a lane of their own, and plain acknowledgements, wait for nothing.</summary>
    [Fact]
    public void Heartbeats_wait_for_nothing()
    {
        var order = new InboundOrder();
        order.HandleMain(new PayloadReference(1).ToBytes());

        Assert.Equal(InboundOutcome.Ready, order.HandleMain(PayloadAddress.HeartbeatInstruction.ToArray()));
    }

    /// <summary>Whether the second of two may not be handed over before the first.</summary>
    internal static bool MustKeep((Kind Kind, int Recipient) first, (Kind Kind, int Recipient) second) =>
        first.Kind == Kind.ForAll
        || second.Kind == Kind.ForAll
        || first.Recipient == second.Recipient
        || (second.Kind == Kind.System && first.Kind is Kind.Large or Kind.System);

    /// <summary>A sender's two streams, delivered as a test says.</summary>
    private sealed class Play
    {
        private readonly InboundOrder _order = new();
        private readonly Queue<byte[]> _main = new();
        private readonly Queue<byte[]> _large = new();
        private readonly Dictionary<byte[], int> _numbers = [];
        private readonly HashSet<byte[]> _waiting = [];
        private bool _mainEnded;

        public Play(IReadOnlyList<(Kind Kind, int Recipient)> sent)
        {
            for (var number = 0; number < sent.Count; number++)
            {
                var path = $"/user/{sent[number].Recipient}";
                byte[] payload = sent[number].Kind switch
                {
                    Kind.System => TestPayloads.System($"{path}#5", (ulong)number),
                    Kind.ForAll => [0x12, 0x02, 0x08, 0x02],
                    _ => TestPayloads.User(path, number),
                };
                _numbers.Add(payload, number);
                if (sent[number].Kind == Kind.Large)
                {
                    _large.Enqueue(payload);
                    payload = new PayloadReference(PathHash.Of(Encoding.UTF8.GetBytes(path))).ToBytes();
                }

                _main.Enqueue(payload);
            }
        }

        public List<int> Passed { get; } = [];

        public bool HasEnded { get; private set; }

        /// <summary>The next of main; behind the last its end.</summary>
        public void Main(int count)
        {
            for (; count > 0; count--)
            {
                if (_main.TryDequeue(out var message))
                {
                    Note(message, _order.HandleMain(message));
                }
                else if (!_mainEnded)
                {
                    _mainEnded = true;
                    _order.HandleMainEnd();
                }

                Drain();
            }
        }

        public void Large(int count)
        {
            for (; count > 0 && _large.TryDequeue(out var message); count--)
            {
                Note(message, _order.HandleLarge(message));
                Drain();
            }
        }

        private void Note(byte[] message, InboundOutcome outcome)
        {
            Assert.NotEqual(InboundOutcome.Refused, outcome);
            if (outcome == InboundOutcome.Waits)
            {
                _waiting.Add(message);
            }
            else if (outcome == InboundOutcome.Ready)
            {
                Passed.Add(_numbers[message]);
            }
        }

        private void Drain()
        {
            while (_order.TryTake(out var next))
            {
                Assert.False(HasEnded);
                HasEnded = next.IsEnd;
                if (!next.IsEnd)
                {
                    Assert.True(MemoryMarshal.TryGetArray(next.Payload, out var array) && _waiting.Remove(array.Array!));
                    if (!next.IsReference)
                    {
                        Passed.Add(_numbers[array.Array!]);
                    }
                }
            }

            Assert.False(_order.IsBroken);
            Assert.False(HasEnded && _waiting.Count > 0);
        }
    }
}
