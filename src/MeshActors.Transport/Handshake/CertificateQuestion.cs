using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>How far a certificate question is.</summary>
internal enum QuestionState
{
    /// <summary>It goes out until an answer comes.</summary>
    Waiting,

    /// <summary>The certificate is there.</summary>
    Answered,

    /// <summary>No good answer within the handshake timeout.</summary>
    TimedOut,
}

/// <summary>Asks an endpoint whose certificate it is, when only a root key or a fleet secret is known (docs/protocol.md 4).</summary>
/// <remarks>
/// An answer that does not verify changes nothing: the true one can still come. Whether the address is derived from the
/// root is left to the handshake that follows.
/// </remarks>
internal sealed class CertificateQuestion : IDisposable
{
    private readonly CertificateKeyKind _kind;
    private readonly RootKey? _expected;
    private readonly ushort _realm;
    private readonly MacKey _answerMac;
    private readonly RetransmitSchedule _schedule;
    private readonly byte[] _question = new byte[CertificateDatagrams.QuestionSize];

    private CertificateQuestion(
        CertificateKeyKind kind,
        ReadOnlySpan<byte> rootOrSecret,
        RootKey? expected,
        ushort realm,
        IRandomSource random,
        MonoTime now,
        DateTimeOffset utcNow,
        TimeSpan timeout)
    {
        _kind = kind;
        _expected = expected;
        _realm = realm;
        _answerMac = CertificateKeying.AnswerMac(rootOrSecret);
        _schedule = new RetransmitSchedule(now, timeout);
        CertificateDatagrams.WriteHeader(_question, DatagramType.CertificateQuestion, kind);
        random.Fill(_question.AsSpan(CertificateDatagrams.NonceOffset, CertificateDatagrams.NonceSize));
        CertificateKeying.WriteTimestamp(_question, utcNow);
        using var mac = CertificateKeying.QuestionMac(rootOrSecret);
        mac.Write(
            _question.AsSpan(0, CertificateDatagrams.QuestionMacOffset),
            _question.AsSpan(CertificateDatagrams.QuestionMacOffset));
    }

    public QuestionState State { get; private set; }

    /// <summary>The answer, in state <see cref="QuestionState.Answered"/>.</summary>
    public NodeCertificate? Certificate { get; private set; }

    /// <summary>Why the last answer was refused, for an error that says more than "no answer"; null when none came.</summary>
    public DropReason? LastRefusal { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called; null when nothing is due.</summary>
    public MonoTime? NextTimeout => State == QuestionState.Waiting ? _schedule.NextTimeout : null;

    private ReadOnlySpan<byte> Nonce =>
        _question.AsSpan(CertificateDatagrams.NonceOffset, CertificateDatagrams.NonceSize);

    /// <summary>Asks the node with a known root key.</summary>
    public static CertificateQuestion ToRoot(
        RootKey root, ushort realm, IRandomSource random, MonoTime now, DateTimeOffset utcNow, TimeSpan timeout)
    {
        Span<byte> bytes = stackalloc byte[RootKey.Size];
        root.CopyTo(bytes);
        return new CertificateQuestion(CertificateKeyKind.Root, bytes, root, realm, random, now, utcNow, timeout);
    }

    /// <summary>Asks whichever member of the fleet is there.</summary>
    /// <param name="fleet">A context with a fleet secret.</param>
    /// <param name="expected">The only root that is taken; null takes any.</param>
    /// <param name="realm">The only realm that is taken.</param>
    /// <param name="random">Where the nonce comes from.</param>
    /// <param name="now">The question starts now.</param>
    /// <param name="utcNow">Wall time, which the question carries.</param>
    /// <param name="timeout">Time until it is given up.</param>
    public static CertificateQuestion ToFleet(
        TrustContext fleet,
        RootKey? expected,
        ushort realm,
        IRandomSource random,
        MonoTime now,
        DateTimeOffset utcNow,
        TimeSpan timeout)
    {
        Invariant.Require(fleet.IsFleet);
        return new CertificateQuestion(
            CertificateKeyKind.Fleet, fleet.Psk, expected, realm, random, now, utcNow, timeout);
    }

    /// <summary>Tells whether an answer carries this question's nonce; reads nothing else.</summary>
    public bool IsFor(ReadOnlySpan<byte> answer) =>
        CertificateDatagrams.CheckAnswer(answer) is null
        && answer.Slice(CertificateDatagrams.NonceOffset, CertificateDatagrams.NonceSize).SequenceEqual(Nonce);

    /// <summary>Writes the question when it is to be sent now. Call until it returns 0.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="destination">At least <see cref="CertificateDatagrams.QuestionSize"/> bytes.</param>
    /// <returns>Bytes to send, or 0.</returns>
    public int PollTransmit(MonoTime now, Span<byte> destination)
    {
        if (State != QuestionState.Waiting || !_schedule.PollSend(now))
        {
            return 0;
        }

        _question.CopyTo(destination);
        return _question.Length;
    }

    /// <summary>Takes an answer off the network; look at <see cref="State"/> after it.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleAnswer(ReadOnlySpan<byte> datagram, DateTimeOffset utcNow)
    {
        if (State != QuestionState.Waiting)
        {
            return DropReason.UnexpectedHandshake;
        }

        var reason = Check(datagram, utcNow, out var certificate);
        if (reason is null)
        {
            State = QuestionState.Answered;
            Certificate = certificate;
        }

        LastRefusal = reason ?? LastRefusal;
        return reason;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (State == QuestionState.Waiting && _schedule.IsOver(now))
        {
            State = QuestionState.TimedOut;
        }
    }

    public void Dispose() => _answerMac.Dispose();

    private DropReason? Check(ReadOnlySpan<byte> datagram, DateTimeOffset utcNow, out NodeCertificate? certificate)
    {
        certificate = null;
        if (CertificateDatagrams.CheckAnswer(datagram) is { } bad)
        {
            return bad;
        }

        if (datagram[2] != (byte)_kind || !IsFor(datagram))
        {
            return DropReason.UnexpectedHandshake;
        }

        if (!_answerMac.Verify(
            datagram[..CertificateDatagrams.AnswerMacOffset], datagram[CertificateDatagrams.AnswerMacOffset..]))
        {
            return DropReason.BadMac;
        }

        var bytes = datagram.Slice(CertificateDatagrams.CertificateOffset, NodeCertificate.Size);
        if (!NodeCertificate.TryRead(bytes, out certificate))
        {
            return DropReason.BadCertificate;
        }

        return CertificateCheck.Scope(certificate, _realm, utcNow)
            ?? (_expected is { } root && root != certificate.Root ? DropReason.WrongRootKey : default(DropReason?))
            ?? CertificateCheck.Signature(certificate)
            ?? (CertificateKeying.VerifySignature(certificate, datagram) ? null : DropReason.AuthenticationFailed);
    }
}
