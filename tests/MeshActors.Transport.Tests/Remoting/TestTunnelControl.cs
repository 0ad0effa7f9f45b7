using System.Collections.Concurrent;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A tunnel without an engine: remembers what it was told.</summary>
internal sealed class TestTunnelControl : ITunnelControl
{
    public TestTunnelControl(PeerRecord peer)
    {
        Peer = peer;
        Endpoint = peer.Endpoints[0];
    }

    public PeerRecord Peer { get; }

    public UdpEndpoint? Endpoint { get; }

    public ImmutableArray<byte> PeerVersions { get; set; } = [];

    public string Tried { get; set; } = string.Empty;

    public bool IsIdle { get; set; } = true;

    public MeshTunnel Tunnel => null!;

    /// <summary><c>reopen</c>, and <c>close CODE</c>, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public void Reopen() => Calls.Enqueue("reopen");

    public void Close(ulong code, string reason) => Calls.Enqueue($"close {code}");
}
