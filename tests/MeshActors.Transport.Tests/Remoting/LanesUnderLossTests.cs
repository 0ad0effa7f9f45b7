using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tests.Streams;
using Xunit;
using static MeshActors.Transport.Tests.Remoting.InboundOrderTests;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>The two streams of an association in a tunnel that loses a tenth of its packets and has the smallest windows that there may be: all comes, and in order.</summary>
public sealed class LanesUnderLossTests
{
    private const int Payloads = 60;
    private const int Recipients = 4;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    private static readonly StreamLimits Smallest = new()
    {
        AssociationWindowBytes = StreamLimits.InitialStreamCredit,
        TunnelWindowBytes = StreamLimits.InitialTunnelCredit,
        MostStreamWindowBytes = StreamLimits.InitialTunnelCredit,
        MostTunnelWindowBytes = StreamLimits.InitialTunnelCredit,
        WindowGrowthBytes = 0,
        LargeMessageBytes = StreamLimits.MaxMessageBytes + 16,
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Everything_arrives_in_the_order_that_it_must_keep(int seed)
    {
        var random = new SimRandom((ulong)seed);
        var twins = new MuxTwins(Smallest) { Takes = false, Loses = (_, _) => Below(random, 10) == 0 };
        Assert.True(twins.A.TryOpen(StreamLane.Association, out var main));
        Assert.True(twins.A.TryOpen(StreamLane.Association, out var large));
        var sent = new List<(Kind Kind, int Recipient)>();
        for (var number = 0; number < Payloads; number++)
        {
            var item = (Kind: (Kind)Below(random, 4), Recipient: Below(random, Recipients));
            item.Kind = item.Kind == Kind.ForAll && Below(random, 4) > 0 ? Kind.Small : item.Kind;
            sent.Add(item);
            Send(twins.A, main, large, number, item, random);
        }

        twins.A.Finish(main);
        var passed = Receive(twins, main);

        Assert.Equal(Enumerable.Range(0, Payloads), passed.Order());
        for (var later = 0; later < passed.Count; later++)
        {
            Assert.DoesNotContain(passed[..later], first => first > passed[later] && MustKeep(sent[passed[later]], sent[first]));
        }

        Assert.Empty(twins.Outcomes);
        Assert.Equal(Smallest.LargeMessageBytes, twins.B.LargeMessageBytesLeft);
        Assert.Equal(0, twins.B.Statistics.ReceivedBytes);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    private static void Send(StreamMux mux, StreamId main, StreamId large, int number, (Kind Kind, int Recipient) item, SimRandom random)
    {
        var path = $"/user/{item.Recipient}";
        switch (item.Kind)
        {
            case Kind.Large:
                mux.Send(main, new PayloadReference(PathHash.Of(Encoding.UTF8.GetBytes(path))).ToBytes());
                mux.Send(large, TestPayloads.User(path, number, 64_000 + Below(random, 1_000_000)));
                break;
            case Kind.System:
                mux.Send(main, TestPayloads.System(path, 1, Below(random, 1_000), number));
                break;
            case Kind.ForAll:
                mux.Send(main, TestPayloads.User("/remote", number));
                break;
            default:
                mux.Send(main, TestPayloads.User(path, number, Below(random, Below(random, 8) == 0 ? 300_000 : 10_000)));
                break;
        }
    }

    /// <summary>Takes what comes as an association does.</summary>
    /// <returns>The payloads in the order in which they may be handed over.</returns>
    private static List<int> Receive(MuxTwins twins, StreamId main)
    {
        var order = new InboundOrder();
        var cameBy = new Dictionary<byte[], StreamId>();
        var passed = new List<int>();
        var hasEnded = false;
        for (var seen = 0; ;)
        {
            twins.Run(Most);
            if (seen == twins.Events[1].Count)
            {
                Assert.True(hasEnded);
                return passed;
            }

            for (; seen < twins.Events[1].Count; seen++)
            {
                var happened = twins.Events[1][seen];
                if (happened.Kind == StreamEventKind.Finished)
                {
                    order.HandleMainEnd();
                }
                else if (happened.Kind == StreamEventKind.Message)
                {
                    Take(happened);
                }

                while (order.TryTake(out var next))
                {
                    hasEnded |= next.IsEnd;
                    if (!next.IsEnd)
                    {
                        twins.B.Hold(cameBy[ArrayOf(next.Payload)], next.Payload.Length, isOver: true);
                        Pass(next.Payload, next.IsReference);
                    }
                }
            }
        }

        void Take(in StreamEvent happened)
        {
            var isMain = happened.Id == main;
            var outcome = isMain ? order.HandleMain(happened.Message) : order.HandleLarge(happened.Message);
            Assert.NotEqual(InboundOutcome.Refused, outcome);
            if (outcome == InboundOutcome.Waits)
            {
                cameBy[ArrayOf(happened.Message)] = happened.Id;
                twins.B.Hold(happened.Id, happened.Message.Length);
                return;
            }

            twins.B.Release(happened.Id, happened.Message.Length);
            Pass(happened.Message, outcome == InboundOutcome.Reference);
        }

        void Pass(ReadOnlyMemory<byte> payload, bool isReference)
        {
            Assert.False(hasEnded);
            if (!isReference)
            {
                passed.Add(TestPayloads.NumberOf(payload.Span));
            }
        }
    }

    private static int Below(SimRandom random, int bound) => (int)(random.Next() % (ulong)bound);

    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory) => MemoryMarshal.TryGetArray(memory, out var array) ? array.Array! : throw new InvalidOperationException();
}
