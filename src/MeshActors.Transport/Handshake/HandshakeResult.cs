using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>What a handshake ends with: who the peer is, and the keys of the session.</summary>
/// <remarks>
/// At the responder the session is tentative: nothing but message 2 may be sent, and no other session replaced, before
/// the initiator's first packet has been opened under <see cref="Keys"/>.
/// </remarks>
internal sealed class HandshakeResult : IDisposable
{
    /// <summary>Checked in every respect of docs/protocol.md 2.2.</summary>
    public required NodeCertificate Peer { get; init; }

    /// <summary>What the peer proved: the actor plane opens only in a fleet's context.</summary>
    public required TrustContext Context { get; init; }

    /// <summary>Which state of the tunnel's streams the peer has.</summary>
    public required ulong PeerIncarnation { get; init; }

    /// <summary>What we write into our packets.</summary>
    public required ulong PeerConnectionId { get; init; }

    /// <summary>The peer's feature bits.</summary>
    public required uint PeerFeatures { get; init; }

    /// <summary>Digest of message 1: names the attempt, on both sides.</summary>
    public required Bytes32 Attempt { get; init; }

    /// <summary>To be handed to a packet protection, which disposes them.</summary>
    public required SessionKeys Keys { get; init; }

    public void Dispose() => Keys.Dispose();
}
