using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;

namespace MeshActors.Transport.Remoting;

/// <summary>What the tunnel actors see of a tunnel and can do to it; two are equal when they stand for the same tunnel.</summary>
internal interface ITunnelControl
{
    /// <summary>Whom it leads to.</summary>
    PeerRecord Peer { get; }

    /// <summary>Where the peer's packets come from; null before the first session.</summary>
    UdpEndpoint? Endpoint { get; }

    /// <summary>Versions of the protocol that the peer named because it speaks none of ours; else empty.</summary>
    ImmutableArray<byte> PeerVersions { get; }

    /// <summary>The ways to the peer that were tried when it last failed, for people; empty before.</summary>
    string Tried { get; }

    /// <summary>True when it has no streams.</summary>
    bool IsIdle { get; }

    /// <summary>The tunnel itself, for those who asked for it.</summary>
    MeshTunnel Tunnel { get; }

    /// <summary>Begins a handshake for a failed tunnel; its streams wait.</summary>
    void Reopen();

    /// <summary>Ends the tunnel and its streams; nothing happens on the second call.</summary>
    void Close(ulong code, string reason);
}
