using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Answers certificate questions of those who know this node's root key or its fleet secret (docs/protocol.md 4).</summary>
/// <remarks>
/// Remembers nothing of a question: a copy gets the same answer, smaller than the question. What a source may ask for has a
/// bound, and those who know the fleet secret another one than those who know no more than the root key.
/// </remarks>
internal sealed class CertificateAnswer : IDisposable
{
    private readonly NodeIdentity _own;
    private readonly SourceQuota[] _quotas;
    private readonly ImmutableArray<(CertificateKeyKind Kind, MacKey Question, MacKey Answer)> _keys;

    /// <param name="own">Who we are; outlives this.</param>
    /// <param name="trust">Whose fleets we belong to.</param>
    /// <param name="limits">How much strangers may make us do.</param>
    public CertificateAnswer(NodeIdentity own, TrustSettings trust, HandshakeLimits limits)
    {
        _own = own;
        _quotas =
        [
            new SourceQuota(limits.PrefixQuestions, limits.Questions),
            new SourceQuota(limits.PrefixQuestions, limits.Questions),
        ];
        var keys = ImmutableArray.CreateBuilder<(CertificateKeyKind, MacKey, MacKey)>();
        Span<byte> root = stackalloc byte[RootKey.Size];
        own.Root.CopyTo(root);
        keys.Add((CertificateKeyKind.Root, CertificateKeying.QuestionMac(root), CertificateKeying.AnswerMac(root)));
        foreach (var context in trust.Contexts)
        {
            if (context.IsFleet)
            {
                keys.Add((
                    CertificateKeyKind.Fleet,
                    CertificateKeying.QuestionMac(context.Psk),
                    CertificateKeying.AnswerMac(context.Psk)));
            }
        }

        _keys = keys.ToImmutable();
    }

    /// <summary>Takes a question off the network and writes the answer to it.</summary>
    /// <param name="question">A datagram that may be anything.</param>
    /// <param name="from">Its source, which may be forged.</param>
    /// <param name="answer">At least <see cref="CertificateDatagrams.AnswerSize"/> bytes, all of which go back to the source.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Handle(
        ReadOnlySpan<byte> question, UdpEndpoint from, Span<byte> answer, MonoTime now, DateTimeOffset utcNow)
    {
        if (CertificateDatagrams.CheckQuestion(question) is { } bad)
        {
            return bad;
        }

        var covered = question[..CertificateDatagrams.QuestionMacOffset];
        var mac = question[CertificateDatagrams.QuestionMacOffset..];
        foreach (var (kind, questionMac, answerMac) in _keys)
        {
            if (question[2] != (byte)kind || !questionMac.Verify(covered, mac))
            {
                continue;
            }

            if (!CertificateKeying.IsRecent(question, utcNow))
            {
                return DropReason.TimestampOutOfRange;
            }

            if (!_quotas[(int)kind].TryTake(from, now))
            {
                return DropReason.RateLimited;
            }

            Write(kind, question.Slice(CertificateDatagrams.NonceOffset, CertificateDatagrams.NonceSize), answerMac, answer);
            return null;
        }

        return DropReason.BadMac;
    }

    public void Dispose()
    {
        foreach (var (_, question, answer) in _keys)
        {
            question.Dispose();
            answer.Dispose();
        }
    }

    private void Write(CertificateKeyKind kind, ReadOnlySpan<byte> nonce, MacKey mac, Span<byte> answer)
    {
        CertificateDatagrams.WriteHeader(answer, DatagramType.CertificateAnswer, kind);
        nonce.CopyTo(answer[CertificateDatagrams.NonceOffset..]);
        _own.Certificate.Write(answer[CertificateDatagrams.CertificateOffset..]);
        CertificateKeying.Sign(_own, answer);
        mac.Write(
            answer[..CertificateDatagrams.AnswerMacOffset],
            answer[CertificateDatagrams.AnswerMacOffset..CertificateDatagrams.AnswerSize]);
    }
}
