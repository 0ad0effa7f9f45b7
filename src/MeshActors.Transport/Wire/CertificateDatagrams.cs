using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Which key the MACs of a certificate question and its answer come from (docs/protocol.md 4).</summary>
internal enum CertificateKeyKind : byte
{
    /// <summary>The root public key of the node that is asked.</summary>
    Root = 0,

    /// <summary>A fleet secret.</summary>
    Fleet = 1,
}

/// <summary>Layout of the certificate question and its answer (docs/protocol.md 4).</summary>
internal static class CertificateDatagrams
{
    /// <summary>Bytes of a question: more than of an answer.</summary>
    public const int QuestionSize = 512;

    /// <summary>Bytes of an answer.</summary>
    public const int AnswerSize = 300;

    public const int NonceOffset = 4;
    public const int NonceSize = 16;

    /// <summary>Where the timestamp of a question stands, in microseconds of Unix time; zeros after it.</summary>
    public const int TimestampOffset = NonceOffset + NonceSize;

    public const int CertificateOffset = NonceOffset + NonceSize;
    public const int CertificateSize = 200;
    public const int SignatureOffset = CertificateOffset + CertificateSize;
    public const int SignatureSize = 64;
    public const int MacSize = 16;

    /// <summary>Where the MAC of a question begins: it covers all before.</summary>
    public const int QuestionMacOffset = QuestionSize - MacSize;

    /// <summary>Where the MAC of an answer begins: it covers all before.</summary>
    public const int AnswerMacOffset = AnswerSize - MacSize;

    /// <summary>Checks length and header of a question that may be anything.</summary>
    public static DropReason? CheckQuestion(ReadOnlySpan<byte> datagram) =>
        Check(datagram, QuestionSize, DatagramType.CertificateQuestion);

    /// <summary>Checks length and header of an answer that may be anything.</summary>
    public static DropReason? CheckAnswer(ReadOnlySpan<byte> datagram) =>
        Check(datagram, AnswerSize, DatagramType.CertificateAnswer);

    /// <summary>Writes the four bytes at the start.</summary>
    public static void WriteHeader(Span<byte> datagram, byte type, CertificateKeyKind kind)
    {
        datagram[0] = type;
        datagram[1] = DatagramType.Version;
        datagram[2] = (byte)kind;
        datagram[3] = 0;
    }

    private static DropReason? Check(ReadOnlySpan<byte> datagram, int size, byte type) =>
        datagram.Length != size ? DropReason.BadLength
        : datagram[1] != DatagramType.Version ? DropReason.UnsupportedVersion
        : datagram[0] != type || datagram[2] > (byte)CertificateKeyKind.Fleet || datagram[3] != 0 ? DropReason.BadHeader
        : null;
}
