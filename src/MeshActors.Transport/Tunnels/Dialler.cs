using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>The initiator's side of all tunnels of a node: begins attempts and makes sessions of their answers.</summary>
internal sealed class Dialler
{
    private readonly TunnelSettings _settings;
    private readonly NodeIdentity _identity;
    private readonly TrustSettings _trust;
    private readonly SessionKeySlab _slab;
    private readonly DerivedAddresses _derived;
    private readonly ConnectionIds _connections;
    private readonly IRandomSource _random;
    private readonly AttemptTimestamps _timestamps = new();
    private readonly HashSet<Tunnel> _deriving = [];
    private readonly Dictionary<UInt128, Tunnel> _dialled = [];

    public Dialler(
        TunnelSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        SessionKeySlab slab,
        DerivedAddresses derived,
        ConnectionIds connections,
        IRandomSource random)
    {
        _settings = settings;
        _identity = identity;
        _trust = trust;
        _slab = slab;
        _derived = derived;
        _connections = connections;
        _random = random;
    }

    /// <summary>Begins an attempt to replace the session of a tunnel that works, beside its data, when that is due.</summary>
    public void Rekey(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        if (tunnel.State == TunnelState.Open && tunnel.Succession.IsRekeyDue(now))
        {
            Begin(tunnel, now, utcNow);
        }
    }

    /// <summary>Begins an attempt, in the next of the contexts that the peer may know; the tunnel fails when there is none.</summary>
    /// <remarks>A session that works is replaced in its own context and at its own endpoint; the other contexts follow when that fails.</remarks>
    public void Begin(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        var contexts = _trust.ContextsFor(tunnel.Peer.Root);
        var replaced = tunnel.State == TunnelState.Open ? tunnel.Sessions.Current : null;
        var endpoints = replaced is not null && tunnel.Routes.Paths is { } paths ? paths.DialEndpoints
            : tunnel.State == TunnelState.Failed ? tunnel.Routes.RedialEndpoints(tunnel.Peer)
            : tunnel.Routes.DialEndpoints(tunnel.Peer);
        if (contexts.IsEmpty || tunnel.Peer.Root == _identity.Root)
        {
            tunnel.HandleRefusal(TunnelFailure.CertificateRefused, now);
            return;
        }

        if (endpoints.IsEmpty)
        {
            // Its only ways are over relays where this node has no lease at present.
            tunnel.HandleRefusal(TunnelFailure.NoDirectPath, now);
            return;
        }

        if (CipherSuiteChoice.Choose(_settings.Suites, tunnel.Peer.Certificate.Suites) is not { } suite)
        {
            tunnel.HandleRefusal(TunnelFailure.UnsupportedSuite, now);
            return;
        }

        var context = replaced is not null && tunnel.Succession.Failures == 0
            ? replaced.Context
            : contexts[tunnel.Attempts.Begun % contexts.Length];
        var attempt = new HandshakeAttempt
        {
            Identity = _identity,
            Responder = tunnel.Peer.Certificate,
            Suite = suite,
            Context = context,
            Incarnation = tunnel.Incarnations.Own,
            ConnectionId = _connections.Draw(tunnel),
            Features = (uint)_settings.ToldFeatures,
            Timestamp = tunnel.Attempts.Above(_timestamps.Next(utcNow)),
            EarlyData = EarlyDataOf(tunnel, context, endpoints),
        };
        var handshake = new InitiatorHandshake(attempt, _slab, _derived, _random, now, _settings.HandshakeTimeout);
        tunnel.Attempts.Begin(new Dial(handshake, attempt.Incarnation, endpoints, _connections, _dialled, now));
        _dialled[handshake.Mac1] = tunnel;
    }

    /// <summary>Takes a cookie reply off the network.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="from">Its source.</param>
    /// <param name="tunnel">The tunnel whose attempt has a copy to send; null when there is none.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleCookie(ReadOnlySpan<byte> datagram, UdpEndpoint from, out Tunnel? tunnel)
    {
        tunnel = null;
        return CookieReply.Check(datagram) ?? (FindDial(datagram[CookieReply.MacOffset..], out tunnel) is { } dial
            ? dial.HandleCookie(datagram, from)
            : DropReason.UnexpectedHandshake);
    }

    /// <summary>Takes off the network what a responder says of timestamps: the attempt begins anew, above the one that it names.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="tunnel">The tunnel whose attempt it is about; null when there is none.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleTimestamp(ReadOnlySpan<byte> datagram, out Tunnel? tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        tunnel = null;
        if (TimestampReply.Check(datagram) is { } bad)
        {
            return bad;
        }

        if (FindDial(datagram[TimestampReply.MacOffset..], out tunnel) is not { } dial)
        {
            return DropReason.UnexpectedHandshake;
        }

        if (dial.Handshake.ReadTimestamp(datagram, out var last) is { } refused)
        {
            return refused;
        }

        if (tunnel!.Attempts.HandleOutdated(last))
        {
            Begin(tunnel, now, utcNow);
        }

        return null;
    }

    /// <summary>Takes a list of versions off the network.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleVersions(ReadOnlySpan<byte> datagram) =>
        VersionReply.Check(datagram) ?? (FindDial(datagram[VersionReply.MacOffset..], out _) is { } dial
            ? dial.Handshake.HandleVersions(datagram)
            : DropReason.UnexpectedHandshake);

    /// <summary>Takes a message 2 off the network.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="from">Its source.</param>
    /// <param name="tunnel">The tunnel whose attempt it may answer; null when there is none.</param>
    /// <param name="claim">What is to be derived before the answer counts.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleMessage2(
        ReadOnlySpan<byte> datagram,
        UdpEndpoint from,
        out Tunnel? tunnel,
        out AddressClaim? claim,
        MonoTime now,
        DateTimeOffset utcNow)
    {
        tunnel = null;
        claim = null;
        if (HandshakeMessage2.Check(datagram, out var connectionId) is { } bad)
        {
            return bad;
        }

        if (!_connections.TryFind(connectionId, out tunnel, out var session)
            || session is not null
            || tunnel.Dial is not { } dial
            || dial.Handshake.ConnectionId != connectionId)
        {
            tunnel = null;
            return DropReason.UnexpectedHandshake;
        }

        var reason = dial.Handshake.HandleMessage2(datagram, utcNow);
        if (reason is null)
        {
            dial.HandleAnswered(from);
            claim = dial.Handshake.Claim;
            if (claim is not null)
            {
                _deriving.Add(tunnel);
            }
        }

        Conclude(tunnel, dial, now);
        return reason;
    }

    /// <summary>Takes the result of a derivation.</summary>
    /// <returns>Tunnels whose attempts it decided.</returns>
    public List<Tunnel> HandleDerived(AddressClaim claim, MeshAddress? address, MonoTime now)
    {
        var decided = new List<Tunnel>();
        foreach (var tunnel in _deriving)
        {
            if (tunnel.Dial?.Handshake.Claim == claim)
            {
                decided.Add(tunnel);
            }
        }

        _deriving.RemoveWhere(tunnel => tunnel.Dial?.Handshake.Claim is null || decided.Contains(tunnel));
        foreach (var tunnel in decided)
        {
            tunnel.Dial!.Handshake.HandleDerived(claim, address);
            Conclude(tunnel, tunnel.Dial, now);
        }

        return decided;
    }

    /// <summary>What may go with message 1: only members may send ahead, and only while there never was a session.</summary>
    private ReadOnlyMemory<byte> EarlyDataOf(Tunnel tunnel, TrustContext context, ImmutableArray<UdpEndpoint> endpoints)
    {
        tunnel.Streams.SettleEarly(taken: false, isLast: false);
        if (!context.IsFleet || !_settings.Features.HasFlag(TunnelFeatures.EarlyData)
            || !endpoints.All(endpoint => tunnel.EarlyReplies.MayComeFrom(endpoint)))
        {
            return default;
        }

        var frames = new byte[EarlyFrames.MaxSize];
        return frames.AsMemory(0, tunnel.Streams.WriteEarly(frames));
    }

    /// <summary>The attempt whose message 1 had this mac1.</summary>
    private Dial? FindDial(ReadOnlySpan<byte> mac1, out Tunnel? tunnel) =>
        _dialled.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(mac1), out tunnel) ? tunnel.Dial : null;

    private void Conclude(Tunnel tunnel, Dial dial, MonoTime now)
    {
        if (dial.Handshake.State == InitiatorState.Completed)
        {
            var result = dial.Handshake.TakeResult();
            var connectionId = dial.Handshake.ConnectionId;
            var session = TunnelSession.Of(
                result, _identity.Certificate, tunnel, initiatedHere: true, connectionId, dial.Incarnation, now);
            _connections.Bind(connectionId, tunnel, session);
            dial.HandOver();
            tunnel.HandleAnswer(session, dial.Source, now);
        }
        else if (dial.Handshake.State == InitiatorState.Refused)
        {
            tunnel.HandleRefusal(TunnelFailure.CertificateRefused, now);
        }
    }
}
