using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;

namespace MeshActors.Transport.Remoting;

/// <summary>A tunnel of the engine.</summary>
internal sealed record EngineTunnelControl(MeshEngine Engine, MeshTunnel Tunnel) : ITunnelControl
{
    public PeerRecord Peer => Tunnel.Peer;

    public UdpEndpoint? Endpoint => Tunnel.Statistics.Endpoint;

    public ImmutableArray<byte> PeerVersions => Tunnel.PeerVersions;

    public string Tried => Tunnel.Tried;

    public bool IsIdle => Tunnel.Statistics.OpenStreams == 0;

    public void Reopen() => Engine.Reopen(Tunnel);

    public void Close(ulong code, string reason) => Engine.Close(Tunnel, code, reason);
}
