using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>What is read of handshake datagrams before, and after, they are opened; and certificates.</summary>
internal static class HandshakeReaders
{
    /// <summary>Both messages, their payloads, and both certificate datagrams.</summary>
    public static readonly FuzzTarget Datagrams = new("handshake-datagrams", RunDatagrams, DatagramSeeds);

    /// <summary>A node certificate.</summary>
    public static readonly FuzzTarget Certificates = new("certificate", RunCertificate, () => [Certificate(0), Certificate(1)]);

    private static IEnumerable<byte[]> DatagramSeeds()
    {
        var certificate = Certificate(0);
        var payload = new byte[HandshakeMessage1.PayloadSize];
        certificate.CopyTo(HandshakeMessage1.WritePayload(payload, 7, new HandshakeFields(1, 2, 3), certificate.Length));
        yield return [0, .. payload];
        HandshakeMessage1.WriteEarly(payload, certificate.Length, [0x0A, 0x02, 0x02, 0x01, 0x61]);
        yield return [0, .. payload];
        yield return [0, .. payload.AsSpan(8, HandshakeFields.Size + certificate.Length)];
        var first = new byte[HandshakeMessage1.Size];
        HandshakeMessage1.WriteHeader(first, (byte)CipherSuite.Aes256Gcm);
        yield return [1, .. first];
        var second = new byte[HandshakeMessage2.Size];
        HandshakeMessage2.WriteHeader(second, (byte)CipherSuite.ChaCha20Poly1305, 9);
        yield return [1, .. second];
        var cookie = new byte[CookieReply.Size];
        CookieReply.WriteHeader(cookie, first);
        yield return [1, .. cookie];
        var timestamp = new byte[TimestampReply.Size];
        TimestampReply.WriteHeader(timestamp, first);
        yield return [1, .. timestamp];
        var versions = new byte[VersionReply.Size];
        VersionReply.Write(versions, first, [3, 1]);
        yield return [1, .. versions];
        var question = new byte[CertificateDatagrams.QuestionSize];
        CertificateDatagrams.WriteHeader(question, DatagramType.CertificateQuestion, CertificateKeyKind.Fleet);
        yield return [1, .. question];
        var answer = new byte[CertificateDatagrams.AnswerSize];
        CertificateDatagrams.WriteHeader(answer, DatagramType.CertificateAnswer, CertificateKeyKind.Root);
        yield return [1, .. answer];
    }

    private static byte[] Certificate(int number)
    {
        var bytes = new byte[NodeCertificate.Size];
        SimIdentities.Of(number).Certificate.Write(bytes);
        return bytes;
    }

    private static void RunDatagrams(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var bytes = input[1..];
        if (input[0] != 0)
        {
            Finding.Unless(HandshakeMessage1.Check(bytes) is not null || bytes.Length == HandshakeMessage1.Size, "message 1 has one size");
            Finding.Unless(HandshakeMessage2.Check(bytes, out _) is not null || bytes.Length == HandshakeMessage2.Size, "message 2 has one size");
            Finding.Unless(CookieReply.Check(bytes) is not null || bytes.Length == CookieReply.Size, "a cookie reply has one size");
            Finding.Unless(TimestampReply.Check(bytes) is not null || bytes.Length == TimestampReply.Size, "a timestamp reply has one size");
            Finding.Unless(
                VersionReply.Check(bytes) is not null || VersionReply.VersionsOf(bytes).Length <= VersionReply.MaxVersions,
                "a version reply names few versions");
            Finding.Unless(
                CertificateDatagrams.CheckQuestion(bytes) is not null || bytes.Length == CertificateDatagrams.QuestionSize,
                "a question has one size");
            Finding.Unless(
                CertificateDatagrams.CheckAnswer(bytes) is not null || bytes.Length == CertificateDatagrams.AnswerSize,
                "an answer has one size");
            return;
        }

        if (HandshakeMessage1.TryReadPayload(bytes, out _, out var fields, out var certificate))
        {
            var written = new byte[HandshakeFields.Size + certificate.Length];
            certificate.CopyTo(fields.Write(written, certificate.Length));
            Finding.Unless(bytes[8..].StartsWith(written), "fields are written as they were read");
        }

        if (HandshakeMessage1.TryReadPayload(bytes, out _, out _, out certificate))
        {
            var early = HandshakeMessage1.EarlyOf(bytes, certificate.Length);
            Finding.Unless(early.Length <= EarlyFrames.MaxSize, "early data is bounded");
            _ = EarlyFrames.AreValid(early, lane: 1);
        }

        if (HandshakeFields.TryRead(bytes, out _, out certificate))
        {
            _ = NodeCertificate.TryRead(certificate, out _);
        }
    }

    private static void RunCertificate(ReadOnlySpan<byte> input)
    {
        if (!NodeCertificate.TryRead(input, out var certificate))
        {
            return;
        }

        var written = new byte[NodeCertificate.Size];
        certificate.Write(written);
        Finding.Unless(input.SequenceEqual(written), "a certificate is written as it was read");
        Finding.Unless(certificate.ValidFrom < certificate.ValidUntil, "a certificate has a time in which it is valid");
        Finding.Unless(
            certificate.ValidUntil - certificate.ValidFrom <= NodeCertificate.LongestValidity, "a validity is bounded");
        var own = SimIdentities.Of(0).Certificate;
        var other = SimIdentities.Of(1).Certificate;
        Finding.Unless(
            !certificate.VerifySignature() || certificate == own || certificate == other,
            "a certificate that nobody signed does not verify");
        _ = certificate.ToString();
    }
}
