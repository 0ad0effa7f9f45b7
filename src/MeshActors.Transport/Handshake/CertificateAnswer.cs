using System;
using System.Collections.Immutable;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Answers certificate questions of those who know this node's root key or its fleet secret (docs/protocol.md 4).</summary>
/// <remarks>Remembers nothing: a copy of a question gets the same answer, smaller than the question.</remarks>
internal sealed class CertificateAnswer : IDisposable
{
    private readonly NodeIdentity _own;
    private readonly ImmutableArray<(CertificateKeyKind Kind, MacKey Question, MacKey Answer)> _keys;

    /// <param name="own">Who we are; outlives this.</param>
    /// <param name="trust">Whose fleets we belong to.</param>
    public CertificateAnswer(NodeIdentity own, TrustSettings trust)
    {
        _own = own;
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
    /// <param name="answer">At least <see cref="CertificateDatagrams.AnswerSize"/> bytes.</param>
    /// <param name="length">Bytes to send back, 0 when it is dropped.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Handle(ReadOnlySpan<byte> question, Span<byte> answer, out int length)
    {
        length = 0;
        if (CertificateDatagrams.CheckQuestion(question) is { } bad)
        {
            return bad;
        }

        var covered = question[..CertificateDatagrams.QuestionMacOffset];
        var mac = question[CertificateDatagrams.QuestionMacOffset..];
        foreach (var (kind, questionMac, answerMac) in _keys)
        {
            if (question[2] == (byte)kind && questionMac.Verify(covered, mac))
            {
                var nonce = question.Slice(CertificateDatagrams.NonceOffset, CertificateDatagrams.NonceSize);
                Write(kind, nonce, answerMac, answer);
                length = CertificateDatagrams.AnswerSize;
                return null;
            }
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
