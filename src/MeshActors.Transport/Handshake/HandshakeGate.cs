using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Stands before the responder's asymmetric work: lets a message 1 in, or drops it for what a MAC or two cost (docs/protocol.md 3.4).</summary>
/// <remarks>
/// <para>Order: length and header; mac1; a cookie field that is not empty; load; what the source may ask for. Without a cookie
/// the source may be forged, so what such messages use up is never at the cost of those with a cookie: these have a
/// quota of their own, and whoever finds the other one empty is sent a cookie.</para>
/// <para>Nothing is remembered but prefixes, in <see cref="SourceQuota"/>. A reply is shorter than what it answers.</para>
/// </remarks>
internal sealed class HandshakeGate : IDisposable
{
    private readonly IRandomSource _random;
    private readonly CipherSuites _suites;
    private readonly ImmutableArray<ResponderContext> _contexts;
    private readonly CookieSecrets _cookies;
    private readonly LoadGauge _load;
    private readonly SourceQuota _withoutCookie;
    private readonly SourceQuota _withCookie;
    private readonly SourceQuota _replies;

    /// <param name="own">Who we are.</param>
    /// <param name="trust">Whom we let in.</param>
    /// <param name="slab">Where keys live while they are used.</param>
    /// <param name="random">Cookie secrets and nonces.</param>
    /// <param name="limits">How much strangers may make us do.</param>
    public HandshakeGate(
        NodeIdentity own, TrustSettings trust, SessionKeySlab slab, IRandomSource random, HandshakeLimits limits)
    {
        _random = random;
        _suites = own.Certificate.Suites & CipherSuiteChoice.Supported;
        _cookies = new CookieSecrets(random);
        _load = new LoadGauge(limits);
        _withoutCookie = new SourceQuota(limits.PrefixMessages, limits.Messages);
        _withCookie = new SourceQuota(limits.PrefixMessages, limits.Messages);
        _replies = new SourceQuota(limits.PrefixReplies, limits.Replies);
        var contexts = ImmutableArray.CreateBuilder<ResponderContext>(trust.Contexts.Length);
        foreach (var context in trust.Contexts)
        {
            contexts.Add(new ResponderContext(slab, own.Certificate.StaticKey, context));
        }

        _contexts = contexts.MoveToImmutable();
    }

    /// <summary>Takes a message 1 off the network.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="from">Its source, which may be forged.</param>
    /// <param name="answersWaiting">Second messages that wait to be sent.</param>
    /// <param name="now">The present.</param>
    public GateStep Handle(ReadOnlySpan<byte> datagram, UdpEndpoint from, int answersWaiting, MonoTime now)
    {
        var bad = HandshakeMessage1.Check(datagram);
        if (bad is { } malformed and not DropReason.UnsupportedVersion)
        {
            return GateStep.Dropped(malformed);
        }

        if (bad is null && !_suites.Offers(HandshakeMessage1.SuiteOf(datagram)))
        {
            return GateStep.Dropped(DropReason.UnsupportedSuite);
        }

        if (FindContext(datagram) is not { } context)
        {
            return GateStep.Dropped(bad ?? DropReason.BadMac);
        }

        if (bad is { } otherVersion)
        {
            return GateStep.Dropped(otherVersion, _replies.TryTake(from, now) ? Versions(context, datagram) : default);
        }

        var isLoaded = _load.Count(answersWaiting, now);
        if (HandshakeMessage1.CookieFieldOf(datagram).ContainsAnyExcept((byte)0))
        {
            return !_cookies.Verify(datagram, from, now) ? Demand(DropReason.BadCookie, context, datagram, from, now)
                : _withCookie.TryTake(from, now) ? GateStep.LetIn(context.Trust)
                : GateStep.Dropped(DropReason.RateLimited);
        }

        return isLoaded || !_withoutCookie.TryTake(from, now)
            ? Demand(DropReason.CookieRequired, context, datagram, from, now)
            : GateStep.LetIn(context.Trust);
    }

    /// <summary>Takes one reply of the share of a source.</summary>
    /// <returns>False when nothing is left of it.</returns>
    public bool TryReply(UdpEndpoint from, MonoTime now) => _replies.TryTake(from, now);

    public void Dispose()
    {
        _cookies.Dispose();
        foreach (var context in _contexts)
        {
            context.Dispose();
        }
    }

    private ResponderContext? FindContext(ReadOnlySpan<byte> datagram)
    {
        var covered = datagram[..HandshakeMessage1.MacOffset];
        var mac = HandshakeMessage1.Mac1Of(datagram);
        foreach (var context in _contexts)
        {
            if (context.Mac1.Verify(covered, mac))
            {
                return context;
            }
        }

        return null;
    }

    private GateStep Demand(
        DropReason reason, ResponderContext context, ReadOnlySpan<byte> datagram, UdpEndpoint from, MonoTime now)
    {
        if (!_replies.TryTake(from, now))
        {
            return GateStep.Dropped(DropReason.RateLimited);
        }

        Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
        _cookies.Write(from, cookie, now);
        var reply = new byte[CookieReply.Size];
        context.Cookies.Write(datagram, cookie, _random, reply);
        return GateStep.Dropped(reason, reply);
    }

    private static byte[] Versions(ResponderContext context, ReadOnlySpan<byte> datagram)
    {
        var reply = new byte[VersionReply.Size];
        VersionReply.Write(reply, datagram, [DatagramType.Version]);
        context.Versions.Write(reply.AsSpan(0, VersionReply.OwnMacOffset), reply.AsSpan(VersionReply.OwnMacOffset));
        return reply;
    }
}
