using System;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

/// <summary>Clocks that are wrong lock nobody out for longer than they are wrong.</summary>
public sealed class AttemptTimestampsTests : IDisposable
{
    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly TestNode _alice;
    private readonly TestNode _bob;

    public AttemptTimestampsTests()
    {
        _alice = new TestNode(1, [_secret]);
        _bob = new TestNode(2, [_secret]);
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void Each_is_later_than_the_one_before_when_the_clock_stands_or_steps_back_a_little()
    {
        var timestamps = new AttemptTimestamps();
        var first = timestamps.Next(TestNode.Utc);

        Assert.Equal(first + 1, timestamps.Next(TestNode.Utc));
        Assert.Equal(first + 2, timestamps.Next(TestNode.Utc - TimeSpan.FromMinutes(9)));
        Assert.Equal(first + 60_000_000, timestamps.Next(TestNode.Utc + TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_timestamp_far_in_the_future_is_refused_and_remembered_by_nobody()
    {
        var ahead = Dial(TestNode.Utc + TimeSpan.FromMinutes(11));
        Assert.Equal(DropReason.TimestampOutOfRange, _bob.Check(ahead.Message1).Reason);

        var right = Dial(TestNode.Utc);
        var step = _bob.Check(right.Message1);
        using var handshake = step.Handshake;

        Assert.Equal(ResponderOutcome.Checked, step.Outcome);
    }

    private InitiatorHandshake Dial(DateTimeOffset utcNow) =>
        _alice.Dial(_bob.Identity.Certificate, _alice.Trust.Contexts[0], utcNow: utcNow);
}
