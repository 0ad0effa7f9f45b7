using System;
using System.Linq;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Identity;

public sealed class TrustSettingsTests : IDisposable
{
    private readonly FleetSecret _current = FleetSecret.Generate(new SeededRandom(1));
    private readonly FleetSecret _next = FleetSecret.Generate(new SeededRandom(2));
    private readonly RootKey _pinned = RootKey.From(Enumerable.Repeat((byte)1, RootKey.Size).ToArray());
    private readonly RootKey _other = RootKey.From(Enumerable.Repeat((byte)2, RootKey.Size).ToArray());

    public void Dispose()
    {
        _current.Dispose();
        _next.Dispose();
    }

    [Fact]
    public void Without_anything_nobody_is_let_in()
    {
        var trust = new TrustSettings(0, [], []);

        Assert.Empty(trust.Contexts);
        Assert.Empty(trust.ContextsFor(_other));
    }

    [Fact]
    public void Pinned_roots_are_dialled_by_their_pin_first_and_others_by_the_secrets_in_turn()
    {
        var trust = new TrustSettings(0, [_current, _next], [_pinned]);

        Assert.Equal(
            [0, _current.FleetId, _next.FleetId], trust.ContextsFor(_pinned).Select(context => context.FleetId));
        Assert.Equal([_current.FleetId, _next.FleetId], trust.ContextsFor(_other).Select(context => context.FleetId));
        Assert.Equal(3, trust.Contexts.Length);
    }

    [Fact]
    public void Only_pins_are_admitted_without_a_secret_and_everyone_with_it()
    {
        var trust = new TrustSettings(0, [_current], [_pinned]);

        Assert.True(trust.Admits(TrustContext.PinnedRoots, _pinned));
        Assert.False(trust.Admits(TrustContext.PinnedRoots, _other));
        Assert.True(trust.Admits(TrustContext.Of(_current), _other));
    }

    [Fact]
    public void Without_a_secret_the_psk_is_32_zero_bytes()
    {
        Assert.Equal(new byte[32], TrustContext.PinnedRoots.Psk.ToArray());
        Assert.Equal(_current.Secret.ToArray(), TrustContext.Of(_current).Psk.ToArray());
    }

    [Fact]
    public void More_than_two_secrets_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrustSettings(0, [_current, _next, _current], []));
}
