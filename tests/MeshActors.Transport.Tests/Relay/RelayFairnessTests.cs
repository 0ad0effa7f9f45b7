using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

/// <summary>Who sends too much, or takes too little, harms himself.</summary>
public sealed class RelayFairnessTests
{
    private const int Polite = 50;

    [Fact]
    public void A_client_over_its_quota_costs_fifty_polite_ones_nothing()
    {
        // 10 Mbit/s each; the loud one sends 20 times as much, to receivers of the polite ones. The way out carries 51 quotas and no more.
        var rate = new RelayRate(1_250_000, 2_000);
        using var relay = new TestRelay(settings: new RelaySettings { ClientRate = rate });
        var senders = Leased(relay, 1, Polite + 1);
        var receivers = Leased(relay, 1_000, Polite);
        var loud = senders[Polite];
        var offered = new long[Polite];
        var received = new Dictionary<UdpEndpoint, long>();
        var (credit, fromLoud) = (0.0, 0L);
        var (step, datagram) = (TimeSpan.FromMilliseconds(10), new byte[1_000]);
        for (var tick = 0; tick < 500; tick++)
        {
            relay.Now += step;
            for (var i = 0; i < Polite; i++)
            {
                for (var packet = 0; packet < 11; packet++)
                {
                    relay.Table.HandleFrame(senders[i].Wrap(relay, receivers[i], datagram), relay.Now);
                    offered[i]++;
                    for (var more = 0; more < 5 && packet < 9; more++)
                    {
                        var sent = loud.Wrap(relay, receivers[i], datagram);
                        fromLoud += relay.Table.HandleFrame(sent, relay.Now) is null ? 1 : 0;
                    }
                }
            }

            for (credit += (Polite + 1) * rate.BytesPerSecond * step.TotalSeconds; credit > 0;)
            {
                if (relay.Drain(most: 1) is not [var (to, frame)])
                {
                    credit = 0;
                    break;
                }

                credit -= frame.Length;
                var fromPolite = frame.AsSpan(5, 8)[^1] != (Polite + 1);
                received[to] = received.GetValueOrDefault(to) + (fromPolite ? 1 : 0);
            }
        }

        for (var i = 0; i < Polite; i++)
        {
            Assert.True(received[receivers[i].Endpoint] >= 0.95 * offered[i], $"client {i} kept {received[receivers[i].Endpoint]} of {offered[i]}");
        }

        // Five seconds of its quota and what its bucket held at first.
        Assert.InRange(fromLoud, 1, (5 * 1_250) + 1_000);
        Assert.True(relay.Drops[DropReason.RateLimited] > 100_000);
    }

    [Fact]
    public void A_receiver_that_takes_nothing_keeps_no_other_one_waiting()
    {
        using var relay = new TestRelay();
        var sender = Leased(relay, 1, 1)[0];
        var receivers = Leased(relay, 1_000, Polite + 1);
        for (var i = 0; i < 200; i++)
        {
            relay.Table.HandleFrame(sender.Wrap(relay, receivers[Polite], new byte[1_200]), relay.Now);
        }

        for (var i = 0; i < Polite; i++)
        {
            relay.Table.HandleFrame(sender.Wrap(relay, receivers[i], new byte[1_200]), relay.Now);
        }

        // The first round has one for each, and none comes twice.
        var first = relay.Drain(most: Polite + 1).Select(sent => sent.To).ToHashSet();
        Assert.Equal(Polite + 1, first.Count);
    }

    [Fact]
    public void Receivers_share_by_bytes_whatever_their_packets()
    {
        using var relay = new TestRelay(settings: new RelaySettings { ClientRate = new RelayRate(1_000_000_000, 1_000_000) });
        var senders = Leased(relay, 1, 2);
        var receivers = Leased(relay, 1_000, 2);
        for (var i = 0; i < 2_000; i++)
        {
            relay.Table.HandleFrame(senders[0].Wrap(relay, receivers[0], new byte[100]), relay.Now);
            if (i < 200)
            {
                relay.Table.HandleFrame(senders[1].Wrap(relay, receivers[1], new byte[1_250]), relay.Now);
            }
        }

        var bytes = relay.Drain(most: 1_000).GroupBy(sent => sent.To).ToDictionary(
            sent => sent.Key, sent => sent.Sum(one => one.Frame.Length - RelayFrame.Size));
        Assert.InRange(bytes[receivers[0].Endpoint] / (double)bytes[receivers[1].Endpoint], 0.95, 1.05);
    }

    [Fact]
    public void A_full_queue_loses_its_oldest_frames()
    {
        using var relay = new TestRelay(settings: new RelaySettings { QueueBytes = 10_000 });
        var nodes = Leased(relay, 1, 2);
        for (var i = 0; i < 50; i++)
        {
            relay.Table.HandleFrame(nodes[0].Wrap(relay, nodes[1], Enumerable.Repeat((byte)i, 1_000).ToArray()), relay.Now);
        }

        var kept = relay.Drain().Select(sent => (int)nodes[1].Unwrap(sent.Frame).Datagram[0]);
        Assert.Equal(Enumerable.Range(40, 10), kept);
        Assert.Equal(40, relay.Drops[DropReason.QueueFull]);
        Assert.Equal(40, relay.Table.LeaseStatistics().Single(lease => lease.Owner == nodes[1].Address).OverflownFrames);
    }

    [Fact]
    public void When_all_memory_is_used_the_longest_queue_pays()
    {
        using var relay = new TestRelay(settings: new RelaySettings { MaxFrames = 64 });
        var sender = Leased(relay, 1, 1)[0];
        var receivers = Leased(relay, 1_000, 3);
        for (var i = 0; i < 200; i++)
        {
            relay.Table.HandleFrame(sender.Wrap(relay, receivers[0], new byte[1_000]), relay.Now);
        }

        relay.Table.HandleFrame(sender.Wrap(relay, receivers[1], new byte[1_000]), relay.Now);
        relay.Table.HandleFrame(sender.Wrap(relay, receivers[2], new byte[1_000]), relay.Now);

        var sent = relay.Drain().CountBy(frame => frame.To).ToDictionary();
        Assert.Equal(1, sent[receivers[1].Endpoint]);
        Assert.Equal(1, sent[receivers[2].Endpoint]);
        Assert.InRange(sent[receivers[0].Endpoint], 55, 64);
    }

    private static TestRelayNode[] Leased(TestRelay relay, int first, int count)
    {
        var nodes = Enumerable.Range(first, count).Select(number => new TestRelayNode((ulong)number)).ToArray();
        foreach (var node in nodes)
        {
            Assert.Equal(RelayRefusal.None, relay.Lease(node));
        }

        return nodes;
    }
}
