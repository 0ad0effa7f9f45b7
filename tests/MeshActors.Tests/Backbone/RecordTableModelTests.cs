using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Backbone;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Backbone;

/// <summary>The table against a plain list of records, over long random lives in virtual time.</summary>
public sealed class RecordTableModelTests
{
    private const int MaxRecords = 5;

    private static readonly string[] Names = ["fx", "gx", "hx"];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private enum Verb
    {
        Register,
        Renew,
        Release,
        Query,
    }

    [Fact]
    public void Agrees_with_a_list_of_records()
    {
        var step = Gen.Select(
            Gen.Enum<Verb>(), Gen.Int[0, 6], Gen.Int[0, 1], Gen.Int[1, 4], Gen.Int[0, 7], Gen.Int[1, 200]);
        step.Array[1, 120].Sample(steps =>
        {
            var run = new Run();
            foreach (var (verb, node, root, sequence, bits, seconds) in steps)
            {
                // Mostly short steps, at times one that ends leases.
                run.Now += TimeSpan.FromSeconds(seconds > 190 ? 4_000 : seconds);
                run.Do(verb, node, root, (ulong)sequence, bits);
            }
        });
    }

    private sealed class Run
    {
        private readonly RecordTable _table = new(new RecordTableSettings(MaxRecords, Hour), new SimRandom(3));
        private readonly List<Row> _rows = [];

        public MonoTime Now { get; set; } = new(0);

        public void Do(Verb verb, int node, int root, ulong sequence, int bits)
        {
            _rows.RemoveAll(row => row.LastBeat + row.Lease <= Now);
            switch (verb)
            {
                case Verb.Register:
                    Register(node, root, sequence, bits);
                    break;
                case Verb.Renew:
                    Renew(node, root, sequence);
                    break;
                case Verb.Release:
                    Release(node, root);
                    break;
                default:
                    Query(Names[node % 3], bits % 2 == 0 ? null : new CapabilityVersion(1, 1));
                    break;
            }

            _table.HandleTimeout(Now);
            Assert.Equal(_rows.Count, _table.Count);
        }

        private void Register(int node, int root, ulong sequence, int bits)
        {
            var offers = Names.Where((_, i) => (bits & (1 << i)) != 0)
                .Select(name => SomeNodes.Offer(name, $"1.{sequence % 2}"));
            var peer = SomeNodes.Peer(node + (100 * root), node);
            var record = new NodeRecord(peer, null, sequence, [.. offers]);
            var lease = TimeSpan.FromSeconds(60 * (1 + bits));
            var expected = Expect(record);

            Assert.Equal(expected, _table.Register(record, lease, Now, out var held));
            if (expected == RegisterOutcome.Registered)
            {
                _rows.RemoveAll(row => row.Record.Key == record.Key);
                _rows.Add(new Row(held!.Id, record, Now, lease < RecordLimits.ShortestLease ? RecordLimits.ShortestLease : lease));
            }
        }

        private RegisterOutcome Expect(NodeRecord record)
        {
            var there = _rows.Find(row => row.Record.Peer.Address == record.Peer.Address);
            return there switch
            {
                null when _rows.Count == MaxRecords => RegisterOutcome.Full,
                null => RegisterOutcome.Registered,
                _ when there.Record.Key != record.Key => RegisterOutcome.AddressTaken,
                _ when there.Record.Sequence > record.Sequence => RegisterOutcome.StaleRecord,
                _ => RegisterOutcome.Registered,
            };
        }

        private void Renew(int node, int root, ulong sequence)
        {
            var owner = new RecordKey(SomeNodes.Address(node), SomeNodes.Peer(node + (100 * root), node).Root);
            var there = _rows.Find(row => row.Record.Peer.Address == SomeNodes.Address(node));
            var expected = there?.Record.Key == owner && there.Record.Sequence == sequence;

            Assert.Equal(expected, _table.Renew(there?.Id ?? 1, owner, sequence, Now));
            if (expected)
            {
                _rows[_rows.IndexOf(there!)] = there! with { LastBeat = Now };
            }
        }

        private void Release(int node, int root)
        {
            var owner = new RecordKey(SomeNodes.Address(node), SomeNodes.Peer(node + (100 * root), node).Root);
            var there = _rows.Find(row => row.Record.Peer.Address == SomeNodes.Address(node));

            Assert.Equal(there?.Record.Key == owner, _table.Release(there?.Id ?? 1, owner));
            _rows.RemoveAll(row => row.Record.Key == owner);
        }

        private void Query(string name, CapabilityVersion? version)
        {
            var filter = new CapabilityFilter { Version = version };
            var expected = _rows
                .Where(row => Now - row.LastBeat < TimeSpan.FromSeconds(90))
                .Where(row => row.Record.Capabilities.Any(offer => offer.Name == name && offer.Matches(filter)))
                .ToDictionary(row => row.Record.Key, row => row.Record.Capabilities.Where(o => o.Name == name).ToArray());

            var all = _table.Query(SomeNodes.Ask(name, filter), 64, Now).Matches;
            Assert.Equal(expected.Keys.Order(ByAddress), all.Select(match => match.Record.Key).Order(ByAddress));
            Assert.All(all, match => Assert.Equal(expected[match.Record.Key], match.Record.Capabilities));

            var some = _table.Query(SomeNodes.Ask(name, filter), 2, Now).Matches;
            Assert.Equal(Math.Min(2, expected.Count), some.Length);
            Assert.All(some, match => Assert.True(expected.ContainsKey(match.Record.Key)));
        }

        private static readonly Comparer<RecordKey> ByAddress =
            Comparer<RecordKey>.Create((a, b) => a.Address.CompareTo(b.Address));

        private sealed record Row(ulong Id, NodeRecord Record, MonoTime LastBeat, TimeSpan Lease);
    }
}
