using System;
using System.Linq;
using MeshActors.Backbone;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Backbone;

public sealed class RecordTableTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);

    private readonly RecordTable _table = new(RecordTableSettings.Default, new SimRandom(1));

    [Fact]
    public void A_registered_record_is_found_by_its_capability()
    {
        Register(SomeNodes.Record(1, "fx-pricing", "fx-history"), Start);

        var match = Assert.Single(Query("fx-pricing", Start).Matches);
        Assert.Equal(SomeNodes.Address(1), match.Record.Peer.Address);
        Assert.Equal("fx-pricing", Assert.Single(match.Record.Capabilities).Name);
    }

    [Fact]
    public void Without_a_beat_for_90_seconds_it_is_in_no_answer_and_with_the_next_it_is_again()
    {
        var held = Register(SomeNodes.Record(1, "fx"), Start);

        Assert.Single(Query("fx", Start + TimeSpan.FromSeconds(89.9)).Matches);
        Assert.Empty(Query("fx", Start + TimeSpan.FromSeconds(90)).Matches);
        Assert.True(_table.Renew(held.Id, held.Record.Key, 1, Start + TimeSpan.FromHours(1)));
        Assert.Single(Query("fx", Start + TimeSpan.FromHours(1)).Matches);
    }

    [Fact]
    public void At_the_end_of_its_lease_it_is_gone()
    {
        var held = Register(SomeNodes.Record(1, "fx"), Start);
        Assert.True(_table.Renew(held.Id, held.Record.Key, 1, Start + TimeSpan.FromHours(1)));

        _table.HandleTimeout(Start + TimeSpan.FromHours(12));
        Assert.Equal(1, _table.Count);
        _table.HandleTimeout(_table.NextTimeout!.Value);

        Assert.Equal(0, _table.Count);
        Assert.Null(_table.NextTimeout);
        Assert.False(_table.Renew(held.Id, held.Record.Key, 1, Start + TimeSpan.FromHours(13)));
    }

    [Fact]
    public void An_older_record_never_takes_the_place_of_a_newer()
    {
        Register(SomeNodes.Record(1, "fx") with { Sequence = 5 }, Start);

        Assert.Equal(
            RegisterOutcome.StaleRecord,
            _table.Register(SomeNodes.Record(1, "gx") with { Sequence = 4 }, HalfDay, Start, out var held));
        Assert.Equal(5ul, held?.Record.Sequence);
        Assert.Empty(Query("gx", Start).Matches);

        Register(SomeNodes.Record(1, "gx") with { Sequence = 6 }, Start);
        Assert.Empty(Query("fx", Start).Matches);
        Assert.Single(Query("gx", Start).Matches);
    }

    [Fact]
    public void Of_two_roots_with_one_address_the_later_loses_until_the_lease_of_the_first_has_ended()
    {
        Register(SomeNodes.Record(1, "fx"), Start);
        var rival = SomeNodes.Record(1, "fx") with { Peer = SomeNodes.Peer(root: 2, address: 1) };

        Assert.Equal(
            RegisterOutcome.AddressTaken, _table.Register(rival, HalfDay, Start + TimeSpan.FromHours(11), out _));
        Assert.Equal(
            RegisterOutcome.Registered, _table.Register(rival, HalfDay, Start + TimeSpan.FromHours(12), out _));
    }

    [Fact]
    public void Nobody_renews_or_releases_the_record_of_another()
    {
        var held = Register(SomeNodes.Record(1, "fx"), Start);
        var stranger = SomeNodes.Record(2, "fx").Key;

        Assert.False(_table.Renew(held.Id, stranger, 1, Start));
        Assert.False(_table.Release(held.Id, stranger));
        Assert.True(_table.Release(held.Id, held.Record.Key));
        Assert.Empty(Query("fx", Start).Matches);
    }

    [Fact]
    public void A_beat_for_another_sequence_than_the_one_held_is_refused() =>
        Assert.False(_table.Renew(
            Register(SomeNodes.Record(1, "fx"), Start).Id, SomeNodes.Record(1).Key, sequence: 2, Start));

    [Fact]
    public void Ids_of_the_process_before_mean_nothing()
    {
        var before = Register(SomeNodes.Record(1, "fx"), Start);
        var after = new RecordTable(RecordTableSettings.Default, new SimRandom(2));
        after.Register(before.Record, HalfDay, Start, out _);

        Assert.False(after.Renew(before.Id, before.Record.Key, 1, Start));
    }

    [Fact]
    public void A_full_table_refuses_one_more_and_takes_it_when_there_is_room()
    {
        var table = new RecordTable(new RecordTableSettings(1, HalfDay), new SimRandom(1));
        table.Register(SomeNodes.Record(1, "fx"), HalfDay, Start, out var first);

        Assert.Equal(RegisterOutcome.Full, table.Register(SomeNodes.Record(2, "fx"), HalfDay, Start, out _));
        Assert.True(table.Release(first!.Id, first.Record.Key));
        Assert.Equal(RegisterOutcome.Registered, table.Register(SomeNodes.Record(2, "fx"), HalfDay, Start, out _));
    }

    [Fact]
    public void A_lease_is_brought_into_bounds()
    {
        _table.Register(SomeNodes.Record(1, "fx"), TimeSpan.FromDays(400), Start, out var longest);
        _table.Register(SomeNodes.Record(2, "fx"), TimeSpan.Zero, Start, out var shortest);

        Assert.Equal(TimeSpan.FromDays(7), longest?.Lease);
        Assert.Equal(TimeSpan.FromSeconds(90), shortest?.Lease);
    }

    [Fact]
    public void Filters_by_tags_region_version_and_uptime()
    {
        Register(Offering(1, "eu-west", SomeNodes.Offer("fx", "1.2", "spot")), Start);
        Register(Offering(2, "us-east", SomeNodes.Offer("fx", "1.4", "spot", "swap")), Start);
        var steady = Register(Offering(3, null, SomeNodes.Offer("fx", "2.0"), SomeNodes.Offer("fx", "1.9")), Start);

        Assert.Equal([1, 2], Found(new CapabilityFilter { Tags = ["spot"] }));
        Assert.Equal([2], Found(new CapabilityFilter { Tags = ["spot", "swap"] }));
        Assert.Equal([1], Found(new CapabilityFilter { Region = "eu-west" }));
        Assert.Equal([2, 3], Found(new CapabilityFilter { Version = new CapabilityVersion(1, 3) }));
        var match = Assert.Single(
            _table.Query(SomeNodes.Ask("fx", new CapabilityFilter { Version = new(2, 0) }), 9, Start).Matches);
        Assert.Equal("2.0", Assert.Single(match.Record.Capabilities).Version.ToString());

        // Node 3 beats through ten minutes, the others come back for their last beat only.
        var now = Start;
        for (var i = 0; i < 20; i++)
        {
            now += TimeSpan.FromSeconds(30);
            _table.Renew(steady.Id, steady.Record.Key, 1, now);
        }

        Register(Offering(1, "eu-west", SomeNodes.Offer("fx", "1.2", "spot")), now);
        Assert.Equal([1, 3], Found(CapabilityFilter.Any, now));
        Assert.Equal([3], Found(new CapabilityFilter { MinUptime = 0.9 }, now));
    }

    [Fact]
    public void Answers_with_as_many_as_asked_for_and_not_always_the_same()
    {
        foreach (var number in Enumerable.Range(0, 20))
        {
            Register(SomeNodes.Record(number, "fx"), Start);
        }

        var answers = Enumerable.Range(0, 50).Select(_ => _table.Query(SomeNodes.Ask("fx"), 2, Start).Matches).ToList();

        Assert.All(answers, matches => Assert.Equal(2, matches.DistinctBy(match => match.Record.Key).Count()));
        Assert.True(answers.SelectMany(m => m).DistinctBy(match => match.Record.Key).Count() > 15);
    }

    [Fact]
    public void Suggests_near_names_only_when_nobody_offers_the_one_asked_for()
    {
        Register(SomeNodes.Record(1, "fx-pricing"), Start);

        Assert.Equal<string>(["fx-pricing"], Query("fx-pricin", Start).Similar);
        Assert.Empty(Query("fx-pricing", Start).Similar);
    }

    [Fact]
    public void Coming_and_going_leaves_nothing_behind()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var held = Register(SomeNodes.Record(i % 3, "fx"), Start);
            _table.Register(held.Record, TimeSpan.FromMinutes(10), Start, out _);
            _table.Release(held.Id, held.Record.Key);
        }

        Assert.Equal(0, _table.Count);
        Assert.InRange(_table.QueuedEnds, 0, 66);
    }

    private static NodeRecord Offering(int number, string? region, params CapabilityDescriptor[] offers) =>
        new(SomeNodes.Peer(number), region, 1, [.. offers]);

    private RecordEntry Register(NodeRecord record, MonoTime now)
    {
        Assert.Equal(RegisterOutcome.Registered, _table.Register(record, HalfDay, now, out var held));
        return held!;
    }

    private RecordAnswer Query(string capability, MonoTime now) => _table.Query(SomeNodes.Ask(capability), 9, now);

    private int[] Found(CapabilityFilter filter, MonoTime? now = null) =>
    [
        .. _table.Query(SomeNodes.Ask("fx", filter), 9, now ?? Start).Matches
            .Select(match => (int)match.Record.Peer.Address.Value - 1)
            .Order(),
    ];
}
