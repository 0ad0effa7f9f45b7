using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>One attempt of an initiator to agree on a session with a responder it knows (docs/protocol.md 3).</summary>
/// <remarks>
/// An attempt has one ephemeral key and one timestamp, so its copies of message 1 are byte-identical, on whatever path
/// they go. A message 2 that does not verify changes nothing: the true one can still come. When the state becomes
/// <see cref="InitiatorState.Deriving"/>, the owner derives <see cref="Claim"/> off the loop and hands the result to
/// <see cref="HandleDerived"/>; until then the session does not exist.
/// </remarks>
internal sealed class InitiatorHandshake : IDisposable
{
    private readonly HandshakeAttempt _attempt;
    private readonly SessionKeySlab _slab;
    private readonly DerivedAddresses _derived;
    private readonly RetransmitSchedule _schedule;
    private readonly HandshakeState _noise;
    private readonly byte[] _message1 = new byte[HandshakeMessage1.Size];
    private readonly Bytes32 _digest;
    private HandshakeResult? _result;

    /// <param name="attempt">Whom to dial, as whom, and in which context.</param>
    /// <param name="slab">Where the secrets live.</param>
    /// <param name="derived">Derivations already made; the owner's.</param>
    /// <param name="random">Where the ephemeral key comes from.</param>
    /// <param name="now">The attempt starts now.</param>
    /// <param name="timeout">Time until the attempt is given up.</param>
    /// <exception cref="ArgumentException">The responder is this node, or its key is none to agree with.</exception>
    public InitiatorHandshake(
        HandshakeAttempt attempt,
        SessionKeySlab slab,
        DerivedAddresses derived,
        IRandomSource random,
        MonoTime now,
        TimeSpan timeout)
    {
        if (attempt.Responder.Root == attempt.Identity.Root)
        {
            throw new ArgumentException("A node does not dial itself.", nameof(attempt));
        }

        _attempt = attempt;
        _slab = slab;
        _derived = derived;
        _schedule = new RetransmitSchedule(now, timeout);
        _noise = HandshakeKeying.Noise(
            slab,
            attempt.Suite,
            initiator: true,
            attempt.Identity,
            attempt.Responder.Address,
            attempt.Responder.StaticKey,
            attempt.Context);
        _noise.UseEphemeral(X25519KeyPair.Generate(random));
        WriteMessage1();
        _digest = HandshakeKeying.DigestOf(_message1);
    }

    public InitiatorState State { get; private set; }

    /// <summary>Why the last message 2 was refused, for an error that says more than "no answer"; null when none came.</summary>
    public DropReason? LastRefusal { get; private set; }

    /// <summary>The connection id by which message 2 names this attempt.</summary>
    public ulong ConnectionId => _attempt.ConnectionId;

    /// <summary>Whom the attempt is for.</summary>
    public NodeCertificate Responder => _attempt.Responder;

    /// <summary>The datagram, for a copy on another path; retransmission is <see cref="PollTransmit"/>'s.</summary>
    public ReadOnlySpan<byte> Message1 => _message1;

    /// <summary>mac1 of the datagram, by which replies without a session name this attempt.</summary>
    public UInt128 Mac1 => BinaryPrimitives.ReadUInt128BigEndian(HandshakeMessage1.Mac1Of(_message1));

    /// <summary>Versions the responder says it speaks, none of them ours; empty while it has said nothing.</summary>
    public ImmutableArray<byte> ResponderVersions { get; private set; } = [];

    /// <summary>What is to be derived, in state <see cref="InitiatorState.Deriving"/>.</summary>
    public AddressClaim? Claim =>
        State == InitiatorState.Deriving && _result is not null ? AddressClaim.Of(_result.Peer) : null;

    /// <summary>When <see cref="HandleTimeout"/> must next be called; null when nothing is due.</summary>
    public MonoTime? NextTimeout => State switch
    {
        InitiatorState.Waiting => _schedule.NextTimeout,
        InitiatorState.Deriving => _schedule.End,
        _ => null,
    };

    /// <summary>Writes message 1 when it is to be sent now. Call until it returns 0.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="destination">At least <see cref="HandshakeMessage1.Size"/> bytes.</param>
    /// <returns>Bytes to send, or 0.</returns>
    public int PollTransmit(MonoTime now, Span<byte> destination)
    {
        if (State != InitiatorState.Waiting || !_schedule.PollSend(now))
        {
            return 0;
        }

        _message1.CopyTo(destination);
        return _message1.Length;
    }

    /// <summary>Takes a cookie reply off the network. Nothing changes here: the cookie is for copies to where the reply came from.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="cookie">Gets <see cref="CookieReply.CookieSize"/> bytes.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? ReadCookie(ReadOnlySpan<byte> datagram, Span<byte> cookie)
    {
        if (CookieReply.Check(datagram) is { } bad)
        {
            return bad;
        }

        if (State != InitiatorState.Waiting || !Answers(datagram[CookieReply.MacOffset..]))
        {
            return DropReason.UnexpectedHandshake;
        }

        using var seal = new CookieSeal(_slab, _attempt.Responder.StaticKey, _attempt.Context);
        return seal.TryOpen(datagram, cookie) ? null : DropReason.AuthenticationFailed;
    }

    /// <summary>Takes off the network what a responder says of timestamps. Nothing changes here: another attempt is the owner's to begin.</summary>
    /// <param name="datagram">A datagram that may be anything.</param>
    /// <param name="last">The last timestamp of this node's root that the responder accepted.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? ReadTimestamp(ReadOnlySpan<byte> datagram, out ulong last)
    {
        last = 0;
        if (TimestampReply.Check(datagram) is { } bad)
        {
            return bad;
        }

        if (State != InitiatorState.Waiting || !Answers(datagram[TimestampReply.MacOffset..]))
        {
            return DropReason.UnexpectedHandshake;
        }

        if (TimestampSeal.TryOpen(_slab, _noise, datagram) is not { } told || told <= _attempt.Timestamp)
        {
            return DropReason.AuthenticationFailed;
        }

        last = told;
        return null;
    }

    /// <summary>Takes a list of versions off the network. It names the failure, should there be one; the attempt goes on, for it proves little.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleVersions(ReadOnlySpan<byte> datagram)
    {
        if (VersionReply.Check(datagram) is { } bad)
        {
            return bad;
        }

        var versions = VersionReply.VersionsOf(datagram);
        if (State != InitiatorState.Waiting
            || !Answers(datagram[VersionReply.MacOffset..])
            || versions.Contains(DatagramType.Version))
        {
            return DropReason.UnexpectedHandshake;
        }

        using var mac = HandshakeKeying.VersionMac(_attempt.Responder.StaticKey, _attempt.Context);
        if (!mac.Verify(datagram[..VersionReply.OwnMacOffset], datagram[VersionReply.OwnMacOffset..]))
        {
            return DropReason.BadMac;
        }

        ResponderVersions = [.. versions];
        LastRefusal = DropReason.UnsupportedVersion;
        return null;
    }

    /// <summary>Takes a message 2 off the network; look at <see cref="State"/> after it.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleMessage2(ReadOnlySpan<byte> datagram, DateTimeOffset utcNow)
    {
        var reason = TryHandle(datagram, utcNow);
        LastRefusal = reason ?? LastRefusal;
        return reason;
    }

    /// <summary>Takes what the derivation of <see cref="Claim"/> gave.</summary>
    /// <returns>Why the responder was refused, or null.</returns>
    public DropReason? HandleDerived(AddressClaim claim, MeshAddress? derived)
    {
        _derived.Remember(claim, derived);
        return claim == Claim ? Conclude() : null;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (State is InitiatorState.Waiting or InitiatorState.Deriving && _schedule.IsOver(now))
        {
            End(InitiatorState.TimedOut);
        }
    }

    /// <summary>The session, once, in state <see cref="InitiatorState.Completed"/>; the caller disposes it.</summary>
    public HandshakeResult TakeResult()
    {
        Invariant.Require(State == InitiatorState.Completed && _result is not null);
        var result = _result;
        _result = null;
        return result;
    }

    public void Dispose()
    {
        _noise.Dispose();
        _result?.Dispose();
        _result = null;
    }

    private bool Answers(ReadOnlySpan<byte> reply) =>
        reply[..HandshakeMessage1.MacSize].SequenceEqual(HandshakeMessage1.Mac1Of(_message1));

    private void WriteMessage1()
    {
        Span<byte> payload = stackalloc byte[HandshakeMessage1.PayloadSize];
        var fields = new HandshakeFields(_attempt.Incarnation, _attempt.ConnectionId, _attempt.Features);
        _attempt.Identity.Certificate.Write(
            HandshakeMessage1.WritePayload(payload, _attempt.Timestamp, fields, NodeCertificate.Size));
        HandshakeMessage1.WriteEarly(payload, NodeCertificate.Size, _attempt.EarlyData.Span);
        HandshakeMessage1.WriteHeader(_message1, (byte)_attempt.Suite);
        if (!_noise.TryWriteMessage(payload, _message1.AsSpan(HandshakeMessage1.HeaderSize), out _))
        {
            throw new ArgumentException("The responder's X25519 key is of low order.", nameof(_attempt));
        }

        using var mac1 = HandshakeKeying.Mac1(_attempt.Responder.StaticKey, _attempt.Context);
        mac1.Write(_message1.AsSpan(0, HandshakeMessage1.MacOffset), _message1.AsSpan(HandshakeMessage1.MacOffset));
    }

    private DropReason? TryHandle(ReadOnlySpan<byte> datagram, DateTimeOffset utcNow)
    {
        if (HandshakeMessage2.Check(datagram, out var connectionId) is { } reason)
        {
            return reason;
        }

        if (HandshakeMessage2.SuiteOf(datagram) != (byte)_attempt.Suite)
        {
            return DropReason.UnsupportedSuite;
        }

        if (State != InitiatorState.Waiting || connectionId != ConnectionId)
        {
            return DropReason.UnexpectedHandshake;
        }

        Span<byte> payload = stackalloc byte[HandshakeMessage2.Size];
        if (!_noise.TryReadMessage(datagram[HandshakeMessage2.HeaderSize..], payload, out var length))
        {
            return DropReason.AuthenticationFailed;
        }

        var refusal = Check(payload[..length], utcNow, out var certificate, out var fields);
        if (refusal is not null || certificate is null)
        {
            End(InitiatorState.Refused);
            return refusal ?? DropReason.BadCertificate;
        }

        _result = new HandshakeResult
        {
            Peer = certificate,
            Context = _attempt.Context,
            PeerIncarnation = fields.Incarnation,
            PeerConnectionId = fields.ConnectionId,
            PeerFeatures = fields.Features,
            Attempt = _digest,
            Keys = SessionKeys.Of(_noise, initiator: true),
        };
        State = InitiatorState.Deriving;
        return Conclude();
    }

    private DropReason? Check(
        ReadOnlySpan<byte> payload,
        DateTimeOffset utcNow,
        out NodeCertificate? certificate,
        out HandshakeFields fields)
    {
        certificate = null;
        return !HandshakeFields.TryRead(payload, out fields, out var bytes)
            || !NodeCertificate.TryRead(bytes, out certificate)
                ? DropReason.BadCertificate
                : CertificateCheck.Fields(
                    certificate, _attempt.Responder.StaticKey, _attempt.Identity.Certificate, utcNow)
                ?? CertificateCheck.Dialled(certificate, _attempt.Responder)
                ?? CertificateCheck.Signature(certificate);
    }

    /// <summary>Completes or refuses when the derivation is known, else waits for it.</summary>
    private DropReason? Conclude()
    {
        switch (_derived.Holds(AddressClaim.Of(_result!.Peer)))
        {
            case true:
                State = InitiatorState.Completed;
                return null;
            case false:
                End(InitiatorState.Refused);
                LastRefusal = DropReason.AddressNotDerived;
                return LastRefusal;
            default:
                return null;
        }
    }

    private void End(InitiatorState state)
    {
        State = state;
        _result?.Dispose();
        _result = null;
    }
}
