using System;

namespace MeshActors.Transport.Stun;

/// <summary>The bytes of a question of ours.</summary>
/// <remarks>
/// 44 bytes with SOFTWARE and FINGERPRINT, 52 or 60 with what RFC 5780 adds: a server that gives back at most 2.2 times of
/// what it got (<see cref="StunServer"/>) has room for three IPv6 endpoints then.
/// </remarks>
internal static class StunRequest
{
    /// <summary>Largest request.</summary>
    public const int MaxSize = 60;

    /// <summary>Writes a question.</summary>
    /// <returns>Bytes written, at most <see cref="MaxSize"/>.</returns>
    public static int Write(Span<byte> destination, TransactionId id, StunQuestion question)
    {
        var writer = new StunWriter(destination, StunMessageType.BindingRequest, id);
        if (question.Change != StunChange.None)
        {
            writer.AddChange(question.Change);
        }

        if (question.ResponsePort != 0)
        {
            writer.AddResponsePort(question.ResponsePort);
        }

        writer.Add(StunAttributeType.Software, "MeshActors"u8);
        writer.AddFingerprint();
        return writer.Length;
    }
}
