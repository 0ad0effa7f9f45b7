using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Capabilities;
using Xunit;

namespace MeshActors.Tests.Capabilities;

public sealed class CapabilityDescriptorTests
{
    private static readonly CapabilityVersion V12 = new(1, 2);

    [Fact]
    public void Equals_by_value_whatever_the_order_of_tags_and_metadata()
    {
        var one = new CapabilityDescriptor(
            "fx-pricing", V12, "{}", null, ["fx", "finance"], [new("b", "2"), new("a", "1")]);
        var other = new CapabilityDescriptor(
            "fx-pricing", V12, "{}", null, ["finance", "fx", "fx"], [new("a", "1"), new("b", "2")]);

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal<string>(["finance", "fx"], other.Tags);
    }

    [Fact]
    public void Differs_by_each_of_its_parts()
    {
        CapabilityDescriptor[] all =
        [
            new("fx", V12),
            new("gx", V12),
            new("fx", new CapabilityVersion(1, 3)),
            new("fx", V12, "{}"),
            new("fx", V12, null, "{}"),
            new("fx", V12, tags: ["t"]),
            new("fx", V12, metadata: [new("k", "v")]),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Refuses_each_part_that_is_out_of_its_bounds()
    {
        Assert.Throws<ArgumentException>(() => new CapabilityDescriptor("Fx", V12));
        Assert.Throws<ArgumentException>(() => new CapabilityDescriptor("fx", V12, tags: ["Bad Tag"]));
        Assert.Throws<ArgumentException>(() => new CapabilityDescriptor("fx", V12, tags: Names("t", 17)));
        Assert.Throws<ArgumentException>(
            () => new CapabilityDescriptor("fx", V12, metadata: [new("k", new string('x', 257))]));
        Assert.Throws<ArgumentException>(
            () => new CapabilityDescriptor("fx", V12, metadata: Names("k", 17).Select(k => KeyValuePair.Create(k, ""))));
        Assert.Throws<ArgumentException>(() => new CapabilityDescriptor("fx", V12, new string(' ', 16_385)));
    }

    [Fact]
    public void Takes_each_part_up_to_its_bounds()
    {
        var descriptor = new CapabilityDescriptor(
            new string('a', 63),
            V12,
            new string(' ', 16_384),
            new string(' ', 16_384),
            Names("t", 16),
            Names("k", 16).Select(k => KeyValuePair.Create(k, new string('x', 256))));

        Assert.Equal(16, descriptor.Tags.Length);
        Assert.Equal(16, descriptor.Metadata.Count);
    }

    [Fact]
    public void Matches_a_filter_whose_tags_it_has_and_whose_version_it_serves()
    {
        var descriptor = new CapabilityDescriptor("fx", V12, tags: ["finance", "realtime"]);

        Assert.True(descriptor.Matches(CapabilityFilter.Any));
        Assert.True(descriptor.Matches(new CapabilityFilter { Tags = ["finance"], Version = new(1, 1) }));
        Assert.False(descriptor.Matches(new CapabilityFilter { Tags = ["finance", "batch"] }));
        Assert.False(descriptor.Matches(new CapabilityFilter { Version = new(1, 3) }));
    }

    [Fact]
    public void Filters_are_equal_when_they_ask_the_same()
    {
        var one = new CapabilityFilter { Tags = ["b", "a"], Region = "eu-west", Version = V12, MinUptime = 0.995 };
        var other = new CapabilityFilter { Tags = ["a", "b", "b"], Region = "eu-west", Version = V12, MinUptime = 0.995 };

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, other with { Region = null });
        Assert.NotEqual(one, other with { MinUptime = 0.99 });
        Assert.NotEqual(one, other with { Tags = ["a"] });
        Assert.NotEqual(one, other with { Version = null });
    }

    [Fact]
    public void Filters_refuse_what_nothing_could_match()
    {
        Assert.Throws<ArgumentException>(() => new CapabilityFilter { Tags = ["Not Kebab"] });
        Assert.Throws<ArgumentException>(() => new CapabilityFilter { Region = "EU" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapabilityFilter { MinUptime = 99.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapabilityFilter { MinUptime = double.NaN });
    }

    private static string[] Names(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")];
}
