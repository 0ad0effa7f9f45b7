using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>What both sides of a handshake compute alike from responder and context: prologue, mac1, Noise.</summary>
internal static class HandshakeKeying
{
    private static ReadOnlySpan<byte> PrologueLabel => "MeshActors 1"u8;

    /// <summary>The Noise handshake of one side, its prologue mixed in (docs/protocol.md 3).</summary>
    public static HandshakeState Noise(
        SessionKeySlab slab,
        CipherSuite suite,
        bool initiator,
        NodeIdentity own,
        MeshAddress responder,
        Bytes32? responderKey,
        TrustContext context)
    {
        Span<byte> prologue = stackalloc byte[PrologueLabel.Length + 2 + MeshAddress.Size + 16];
        PrologueLabel.CopyTo(prologue);
        var fields = prologue[PrologueLabel.Length..];
        fields[0] = DatagramType.Version;
        fields[1] = (byte)suite;
        responder.Write(fields[2..]);
        BinaryPrimitives.WriteUInt128BigEndian(fields[(2 + MeshAddress.Size)..], context.FleetId);
        return new HandshakeState(
            slab,
            suite,
            HandshakePattern.IKpsk2,
            initiator,
            prologue,
            own.StaticKey,
            responderKey,
            context.Psk);
    }

    /// <summary>The key of mac1 (docs/protocol.md 3.1).</summary>
    public static MacKey Mac1(Bytes32 responderKey, TrustContext context)
    {
        Span<byte> publicKey = stackalloc byte[Bytes32.Size];
        responderKey.CopyTo(publicKey);
        return new MacKey("MeshActors mac1"u8, publicKey, context.Psk);
    }

    /// <summary>The key of the MAC over a list of versions (docs/protocol.md 3.5).</summary>
    public static MacKey VersionMac(Bytes32 responderKey, TrustContext context)
    {
        Span<byte> publicKey = stackalloc byte[Bytes32.Size];
        responderKey.CopyTo(publicKey);
        return new MacKey("MeshActors versions"u8, publicKey, context.Psk);
    }

    /// <summary>Names an attempt: SHA-256 of message 1 without its cookie field, in which copies may differ.</summary>
    public static Bytes32 DigestOf(ReadOnlySpan<byte> message1)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message1[..HandshakeMessage1.CookieOffset], digest);
        return Bytes32.From(digest);
    }
}
