using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>Everything of a node that comes before a session: attempts of ours, answers to others', certificate questions both ways.</summary>
/// <remarks>
/// A machine in here that throws costs the datagram it was given, and the tunnel whose attempt that was about; never
/// the loop that all share.
/// </remarks>
internal sealed class TunnelHandshakes : IDisposable
{
    private readonly ITunnelTrace _trace;
    private readonly TunnelFence _fence;
    private readonly Action<Tunnel> _touch;
    private readonly Dialler _dialler;
    private readonly Answerer _answerer;
    private readonly Questions _questions;
    private readonly CertificateRenewal _renewal;
    private readonly Queue<AddressClaim> _toDerive = new();

    /// <param name="settings">Times and bounds.</param>
    /// <param name="identity">Who we are.</param>
    /// <param name="trust">Whom we let in.</param>
    /// <param name="slab">Where the secrets live.</param>
    /// <param name="connections">Where sessions are found by their ids.</param>
    /// <param name="random">Ephemeral keys, nonces, cookie secrets.</param>
    /// <param name="trace">Told of what is dropped.</param>
    /// <param name="fence">Keeps what machines throw.</param>
    /// <param name="tunnelFor">Finds or makes the tunnel to a peer; null when there are too many.</param>
    /// <param name="touch">Told of a tunnel to which something was done.</param>
    public TunnelHandshakes(
        TunnelSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        SessionKeySlab slab,
        ConnectionIds connections,
        IRandomSource random,
        ITunnelTrace trace,
        TunnelFence fence,
        Func<PeerRecord, MonoTime, Tunnel?> tunnelFor,
        Action<Tunnel> touch)
    {
        _trace = trace;
        _fence = fence;
        _touch = touch;
        var derived = new DerivedAddresses();
        _dialler = new Dialler(settings, identity, trust, slab, derived, connections, random);
        _answerer = new Answerer(settings, identity, trust, slab, derived, connections, random, trace, tunnelFor, touch);
        _questions = new Questions(settings, trust, random);
        _renewal = new CertificateRenewal(new Questions(settings, trust, random), _dialler);
    }

    public MonoTime? NextTimeout => MonoTime.Earliest(
        _answerer.NextTimeout, MonoTime.Earliest(_questions.NextTimeout, _renewal.Questions.NextTimeout));

    /// <summary>True when answers wait to be polled.</summary>
    public bool HasAnswers => _questions.HasAnswers;

    /// <inheritdoc cref="Dialler.Begin"/>
    public void Begin(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow) => _dialler.Begin(tunnel, now, utcNow);

    /// <inheritdoc cref="Dialler.Rekey"/>
    public void Rekey(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow) => _dialler.Rekey(tunnel, now, utcNow);

    /// <inheritdoc cref="Questions.Ask"/>
    public void Ask(UdpEndpoint endpoint, RootKey? expectedRoot, object tag, MonoTime now, DateTimeOffset utcNow) =>
        _questions.Ask(endpoint, expectedRoot, tag, now, utcNow);

    /// <summary>Takes a datagram that is no packet, and may be anything.</summary>
    public void HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now, DateTimeOffset utcNow)
    {
        Tunnel? dialling = null;
        try
        {
            Report(Handle(from, datagram, ref dialling, now, utcNow));
        }
#pragma warning disable CA1031 // Whatever a handshake's machine throws must not end the loop that all tunnels share.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fence.Break(dialling, fault, now);
        }

        if (dialling is not null)
        {
            _touch(dialling);
        }
    }

    /// <summary>Hands out the next claim to derive, off the loop; its result goes to <see cref="HandleDerived"/>.</summary>
    public bool PollDerivation(out AddressClaim claim) => _toDerive.TryDequeue(out claim);

    public void HandleDerived(AddressClaim claim, MeshAddress? address, MonoTime now)
    {
        try
        {
            _answerer.HandleDerived(claim, address, now);
            _dialler.HandleDerived(claim, address, now).ForEach(_touch);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fence.Break(null, fault, now);
        }
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        try
        {
            _questions.HandleTimeout(now);
            _renewal.Questions.HandleTimeout(now);
            _answerer.HandleTimeout(now, utcNow);
            Renew(now, utcNow);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fence.Break(null, fault, now);
        }
    }

    /// <inheritdoc cref="CertificateRenewal.AskFor"/>
    public void AskFor(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow) => _renewal.AskFor(tunnel, now, utcNow);

    /// <inheritdoc cref="Answerer.HandleDecided"/>
    public void HandleDecided(Bytes32 attempt) => _answerer.HandleDecided(attempt);

    /// <summary>Hands out the next datagram that belongs to no tunnel.</summary>
    /// <returns>Its length, 0 when none is due.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now) =>
        _answerer.PollTransmit(destination, out to) is > 0 and var answer ? answer
        : _questions.PollTransmit(destination, out to, now) is > 0 and var question ? question
        : _renewal.Questions.PollTransmit(destination, out to, now);

    /// <summary>Hands out the next answered or failed question.</summary>
    public bool PollAnswer(out QuestionAnswer answer) => _questions.PollAnswer(out answer);

    public void Dispose()
    {
        _questions.Dispose();
        _renewal.Dispose();
        _answerer.Dispose();
    }

    /// <param name="from">The datagram's source.</param>
    /// <param name="datagram">It may be anything.</param>
    /// <param name="dialling">The tunnel whose attempt it may be about.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    /// <returns>Why it was dropped, when nobody has said so yet.</returns>
    private DropReason? Handle(
        UdpEndpoint from, ReadOnlySpan<byte> datagram, ref Tunnel? dialling, MonoTime now, DateTimeOffset utcNow)
    {
        switch (datagram[0])
        {
            case DatagramType.HandshakeMessage1:
                Derive(_answerer.HandleMessage1(datagram, from, now, utcNow));
                return null;
            case DatagramType.HandshakeMessage2:
                var refusal = _dialler.HandleMessage2(datagram, from, out dialling, out var claim, now, utcNow);
                Derive(claim);
                return refusal;
            case DatagramType.CookieReply:
                return _dialler.HandleCookie(datagram, from, out dialling);
            case DatagramType.TimestampReply:
                return _dialler.HandleTimestamp(datagram, out dialling, now, utcNow);
            case DatagramType.VersionReply:
                return _dialler.HandleVersions(datagram);
            case DatagramType.CertificateQuestion:
                _answerer.HandleQuestion(datagram, from, now, utcNow);
                return null;
            case DatagramType.CertificateAnswer:
                var reason = _questions.HandleAnswer(datagram, utcNow);
                reason = reason == DropReason.UnexpectedHandshake ? _renewal.Questions.HandleAnswer(datagram, utcNow) : reason;
                Renew(now, utcNow);
                return reason;
            default:
                return DropReason.UnknownType;
        }
    }

    /// <summary>Dials with the certificates that peers have now, where they are not those that were tried.</summary>
    private void Renew(MonoTime now, DateTimeOffset utcNow)
    {
        while (_renewal.TryRedial(now, utcNow, out var tunnel))
        {
            _touch(tunnel);
        }
    }

    private void Derive(AddressClaim? claim)
    {
        if (claim is { } needed)
        {
            _toDerive.Enqueue(needed);
        }
    }

    private void Report(DropReason? reason)
    {
        if (reason is { } drop)
        {
            _trace.Dropped(drop);
        }
    }
}
