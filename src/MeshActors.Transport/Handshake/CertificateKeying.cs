using System;
using System.Buffers.Binary;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>What asker and answerer compute alike (docs/protocol.md 4).</summary>
internal static class CertificateKeying
{
    private const int SignedSize = CertificateDatagrams.NonceSize + CertificateDatagrams.CertificateSize;

    private static ReadOnlySpan<byte> AnswerLabel => "MeshActors certificate answer 1"u8;

    private static ReadOnlySpan<byte> QuestionLabel => "MeshActors certificate question 1"u8;

    /// <summary>The key of the question's MAC.</summary>
    /// <param name="rootOrSecret">The root public key of who is asked, or the fleet secret; 32 bytes.</param>
    public static MacKey QuestionMac(ReadOnlySpan<byte> rootOrSecret) => new(QuestionLabel, rootOrSecret, []);

    /// <summary>The key of the answer's MAC.</summary>
    /// <param name="rootOrSecret">The root public key of who is asked, or the fleet secret; 32 bytes.</param>
    public static MacKey AnswerMac(ReadOnlySpan<byte> rootOrSecret) => new(AnswerLabel, rootOrSecret, []);

    /// <summary>Writes the time into a question, before its MAC.</summary>
    public static void WriteTimestamp(Span<byte> question, DateTimeOffset utcNow) =>
        BinaryPrimitives.WriteUInt64BigEndian(
            question[CertificateDatagrams.TimestampOffset..], AttemptTimestamps.Of(utcNow));

    /// <summary>Tells whether a question was asked not long ago, as far as both clocks agree: an old one tells a stranger nothing.</summary>
    public static bool IsRecent(ReadOnlySpan<byte> question, DateTimeOffset utcNow)
    {
        var asked = BinaryPrimitives.ReadUInt64BigEndian(question[CertificateDatagrams.TimestampOffset..]);
        return asked >= AttemptTimestamps.Of(utcNow - AttemptTimestamps.ClockTolerance)
            && asked <= AttemptTimestamps.Of(utcNow + AttemptTimestamps.ClockTolerance);
    }

    /// <summary>Signs nonce and certificate of an answer, where they stand in it.</summary>
    public static void Sign(NodeIdentity own, Span<byte> answer)
    {
        Span<byte> signedBytes = stackalloc byte[AnswerLabel.Length + SignedSize];
        WriteSignedBytes(answer, signedBytes);
        own.OperationalKey.Sign(signedBytes, answer[CertificateDatagrams.SignatureOffset..]);
    }

    /// <summary>Tells whether the operational key of the answer's certificate signed its nonce and certificate.</summary>
    public static bool VerifySignature(NodeCertificate certificate, ReadOnlySpan<byte> answer)
    {
        Span<byte> signedBytes = stackalloc byte[AnswerLabel.Length + SignedSize];
        WriteSignedBytes(answer, signedBytes);
        return Ed25519KeyPair.Verify(
            certificate.OperationalKey,
            signedBytes,
            answer.Slice(CertificateDatagrams.SignatureOffset, CertificateDatagrams.SignatureSize));
    }

    private static void WriteSignedBytes(ReadOnlySpan<byte> answer, Span<byte> destination)
    {
        AnswerLabel.CopyTo(destination);
        answer.Slice(CertificateDatagrams.NonceOffset, SignedSize).CopyTo(destination[AnswerLabel.Length..]);
    }
}
