using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>Two nodes under load whose tunnel goes from a relay to the direct path, back when that is cut, and to it again; nothing is lost by the network but by the cut.</summary>
/// <remarks>
/// Oracles: going to the direct path costs no probe timeout and no packet is taken for lost; going back costs no packet that is taken for lost and arrives after all; every number is heard once and in order, none is left out in the end.
/// </remarks>
internal sealed class NatSwitchRun : IDisposable
{
    private const int Relay = 0;
    private const int SiteA = 1;
    private const int SiteB = 2;

    /// <summary>10 Mbit/s: messages of 1,000 bytes.</summary>
    private const int MessageBytes = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMicroseconds(800);
    private static readonly TimeSpan PromotedWithin = TimeSpan.FromSeconds(9);

    private readonly NatWorld _world;
    private readonly NatNode _a;
    private readonly NatNode _b;
    private readonly TimeSpan _direct;
    private readonly TimeSpan _relayed;
    private string? _failure;

    public NatSwitchRun(ulong seed)
    {
        var random = new SimRandom(seed);
        _world = new NatWorld(seed, SimLink.Perfect);
        _direct = random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(60));
        var (legA, legB) = (Leg(random), Leg(random));
        _relayed = legA + legB;
        Link(SiteA, SiteB, _direct);
        Link(SiteA, Relay, legA);
        Link(SiteB, Relay, legB);
        var relay = _world.AddRelay(Relay);
        _a = _world.AddNode("a", SiteA, NatAccess.Open, relay);
        _b = _world.AddNode("b", SiteB, NatAccess.Open, relay);
    }

    private bool IsDirect => TunnelOf(_a, _b)?.Path?.Path.Kind == PathKind.Direct && TunnelOf(_b, _a)?.Path?.Path.Kind == PathKind.Direct;

    /// <summary>Plays a seed.</summary>
    /// <returns>What went wrong, or null.</returns>
    public static string? Run(ulong seed)
    {
        using var run = new NatSwitchRun(seed);
        return run.Run() is { } failure
            ? FormattableString.Invariant($"{run._direct.TotalMilliseconds:0.0} ms directly, {run._relayed.TotalMilliseconds:0.0} ms over the relay: {failure}")
            : null;
    }

    public string? Run()
    {
        Cut(isCut: true);
        _world.Run(TimeSpan.FromSeconds(2));
        var tunnel = _a.Open(_b, early: false, _world.Now, _world.UtcNow);
        var talk = _a.TalkIn(tunnel);
        (talk.MessageBytes, talk.Interval) = (MessageBytes, Interval);
        _world.Run(TimeSpan.FromSeconds(3));
        Require(tunnel.State == TunnelState.Open && !IsDirect, "it did not begin over the relay");
        Promote(tunnel);
        var before = Figures(tunnel);
        Cut(isCut: true);
        Require(_world.RunUntil(TimeSpan.FromSeconds(5), () => !IsDirect), "it did not go back to the relay");
        _world.Run(TimeSpan.FromSeconds(2));
        var after = Figures(tunnel);
        Require(after.LostInError == before.LostInError, $"{after.LostInError - before.LostInError} packets taken for lost in error on the way back");
        Promote(tunnel);
        talk.IsPaused = true;
        _world.Run(TimeSpan.FromSeconds(3));
        var heard = _b.Talks.Values.Sum(other => other.Heard);
        Require(heard == talk.Said && heard > 0, $"{talk.Said} said, {heard} heard");
        return _failure;
    }

    public void Dispose() => _world.Dispose();

    /// <summary>The direct path works from here on, and is taken; that must cost nothing.</summary>
    private void Promote(Tunnel tunnel)
    {
        var before = Figures(tunnel);
        Cut(isCut: false);
        Require(_world.RunUntil(PromotedWithin, () => IsDirect), "it did not become direct");
        _world.Run(TimeSpan.FromSeconds(2));
        var after = Figures(tunnel);
        Require(after.Timeouts == before.Timeouts, $"{after.Timeouts - before.Timeouts} probe timeouts by going to the direct path");
        Require(after.Lost == before.Lost, $"{after.Lost - before.Lost} packets lost by going to the direct path");
        Require(IsDirect && after.Switches == before.Switches + 2, $"{after.Switches - before.Switches} changes of the path in use by going to the direct path, one each way are two");
    }

    /// <summary>Both sides together.</summary>
    private (long Timeouts, long Lost, long LostInError, int Switches) Figures(Tunnel tunnel)
    {
        var (one, two) = (Figures(tunnel.Streams.Paths, tunnel), TunnelOf(_b, _a) is { } back ? Figures(back.Streams.Paths, back) : default);
        return (one.Timeouts + two.Timeouts, one.Lost + two.Lost, one.LostInError + two.LostInError, one.Switches + two.Switches);
    }

    private static (long Timeouts, long Lost, long LostInError, int Switches) Figures(LossRecovery paths, Tunnel tunnel) =>
        (paths.Timeouts, paths.PacketsLost, paths.PacketsLostInError, tunnel.Routes.Paths?.Agent.Switches ?? 0);

    private void Cut(bool isCut)
    {
        _world.Internet.Sites.Cut(SiteA, SiteB, isCut);
        _world.Internet.Sites.Cut(SiteB, SiteA, isCut);
    }

    private void Link(int one, int two, TimeSpan delay)
    {
        _world.Internet.Sites.SetLink(one, two, new SimLink(0, 0, delay, delay));
        _world.Internet.Sites.SetLink(two, one, new SimLink(0, 0, delay, delay));
    }

    private void Require(bool holds, string otherwise) => _failure ??= _world.Failure ?? (holds ? null : otherwise);

    private static TimeSpan Leg(SimRandom random) => random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(75));

    private static Tunnel? TunnelOf(NatNode node, NatNode peer)
    {
        foreach (var tunnel in node.Talks.Keys)
        {
            if (tunnel.Peer.Root == peer.Identity.Root)
            {
                return tunnel;
            }
        }

        return null;
    }
}
