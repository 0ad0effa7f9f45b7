using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>
/// Somebody who hears every punch datagram of two nodes and sends them what he makes of it. Each test plays a world twice, with him and without:
/// whatever the nodes send, and when, must be the same.
/// </summary>
public sealed class PunchEnemyTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);
    private static readonly UdpEndpoint Enemy = new(UdpEndpoint.MappedPrefix | 0xC633_6409u, 6_666);

    /// <summary>What the enemy sends after he heard a datagram on its way to a node.</summary>
    private delegate IEnumerable<(UdpEndpoint From, byte[] Bytes)> Makes(byte[] heard, UdpEndpoint source);

    public static TheoryData<string> Pairs { get; } = ["sequential-symmetric/port-restricted", "random-symmetric/port-restricted"];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_whose_tag_is_forged_changes_nothing(string pair) => AssertThatNothingChanges(
        pair,
        DropReason.AuthenticationFailed,
        beforeArrival: true,
        (heard, source) => Enumerable.Range(PunchDatagram.TaggedSize, sizeof(ulong)).Select(at => (at % 2 == 0 ? Enemy : source, Changed(heard, at))));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_of_another_attempt_or_with_another_number_changes_nothing(string pair) => AssertThatNothingChanges(
        pair,
        DropReason.UnknownConnection,
        beforeArrival: true,
        (heard, source) => Enumerable.Range(1, PunchDatagram.TaggedSize - 1).Select(at => (at % 2 == 0 ? Enemy : source, Changed(heard, at))));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_that_is_cut_short_or_longer_changes_nothing(string pair) => AssertThatNothingChanges(
        pair,
        DropReason.BadLength,
        beforeArrival: true,
        (heard, source) => Enumerable.Range(1, PunchDatagram.Size - 1).Select(length => (source, heard[..length])).Append((Enemy, [.. heard, 0])));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_that_is_played_again_changes_nothing_wherever_it_comes_from(string pair) => AssertThatNothingChanges(
        pair,
        expected: null,
        beforeArrival: false,
        (heard, source) => [(source, heard), (Enemy, heard), (Enemy with { Port = 6_667 }, heard)]);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_that_is_sent_back_to_its_sender_changes_nothing(string pair) => AssertThatNothingChanges(
        pair, DropReason.AuthenticationFailed, beforeArrival: true, (heard, _) => [(Enemy, heard)], toSender: true);

    private static void AssertThatNothingChanges(
        string pair, DropReason? expected, bool beforeArrival, Makes makes, bool toSender = false)
    {
        var (alone, foundAlone, _, _) = Play(pair, (_, _) => [], beforeArrival, toSender);
        var (with, found, sent, drops) = Play(pair, makes, beforeArrival, toSender);

        Assert.Equal(PunchOutcome.Found, foundAlone);
        Assert.Equal(foundAlone, found);
        Assert.True(sent > 0, "the enemy had nothing to say");
        Assert.Equal(alone, with);
        if (expected is { } reason)
        {
            Assert.True(drops(reason) > 0, $"nothing was dropped as {reason}");
        }
    }

    private static (List<string> Trace, PunchOutcome Outcome, int Sent, Func<DropReason, long> Drops) Play(
        string pair, Makes makes, bool beforeArrival, bool toSender)
    {
        var kinds = pair.Split('/');
        var random = new SimRandom(7);
        using var world = new NatWorld(1, new SimLink(0, 0, Delay, Delay));
        NatNode[] relays = [world.AddRelay(0), world.AddRelay(1)];
        NatNode[] nodes =
        [
            world.AddNode("a", 2, NatKinds.Named(kinds[0]).Create(random.Split()), relays),
            world.AddNode("b", 3, NatKinds.Named(kinds[1]).Create(random.Split()), relays),
        ];
        world.Run(TimeSpan.FromSeconds(5));
        var tunnel = nodes[0].Open(nodes[1], early: false, world.Now, world.UtcNow);
        var trace = new List<string>();
        var due = new List<(NatNode To, UdpEndpoint From, byte[] Bytes)>();
        world.Internet.Observer = happened =>
        {
            var packet = happened.Packet;
            if (happened.Fate == SimFate.Sent)
            {
                trace.Add($"{happened.At} {happened.Place.Name} {packet.To} {Convert.ToHexString(SHA256.HashData(packet.Bytes.Span))}");
            }

            if (packet.Bytes.Span is [DatagramType.Punch, ..]
                && happened.Fate == (beforeArrival ? SimFate.Sent : SimFate.Received)
                && Array.Find(nodes, node => node.Host.Place == happened.Place) is { } near)
            {
                // Sent by one it is on its way to the other, and is there 20 ms later.
                var to = beforeArrival && !toSender ? nodes[near == nodes[0] ? 1 : 0] : near;
                due.AddRange(makes(packet.Bytes.ToArray(), packet.From).Select(made => (to, made.From, made.Bytes)));
            }
        };
        var sent = 0;
        world.RunUntil(TimeSpan.FromSeconds(20), () =>
        {
            foreach (var (to, from, bytes) in due)
            {
                to.Switch.HandleDatagram(from, bytes, EcnMark.NotCapable, world.Now, world.UtcNow);
                sent++;
            }

            due.Clear();
            return false;
        });
        Assert.Null(world.Failure);
        return (trace, tunnel.Routes.Punching.Outcome, sent, reason => nodes.Sum(node => node.Drops[reason]));
    }

    private static byte[] Changed(byte[] heard, int at)
    {
        byte[] changed = [.. heard];
        changed[at] ^= 0x40;
        return changed;
    }
}
