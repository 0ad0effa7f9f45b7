using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>What an initiator brings into one attempt.</summary>
internal sealed class HandshakeAttempt
{
    /// <summary>Who we are; outlives the attempt.</summary>
    public required NodeIdentity Identity { get; init; }

    /// <summary>Whom we dial.</summary>
    public required NodeCertificate Responder { get; init; }

    /// <summary>One that the responder's certificate offers and that works here.</summary>
    public required CipherSuite Suite { get; init; }

    /// <summary>One of <see cref="TrustSettings.ContextsFor"/>.</summary>
    public required TrustContext Context { get; init; }

    /// <summary>Which state of the tunnel's streams we have.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>What the responder shall write into its packets: random, used by no other session or attempt.</summary>
    public required ulong ConnectionId { get; init; }

    /// <summary>Our feature bits.</summary>
    public required uint Features { get; init; }

    /// <summary>Frames that are to arrive with message 1, at most <see cref="EarlyFrames.MaxSize"/> bytes.</summary>
    public ReadOnlyMemory<byte> EarlyData { get; init; }

    /// <summary>From <see cref="AttemptTimestamps"/>: later than that of every attempt before.</summary>
    public required ulong Timestamp { get; init; }
}
