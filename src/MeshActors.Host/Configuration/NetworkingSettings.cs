using System;
using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.networking</c>: the node's tunnels.</summary>
/// <param name="RelayFallback">Whether a relay may carry what no direct path can.</param>
/// <param name="MaxTunnels">Tunnels open at once, 1 to 16,384.</param>
/// <param name="KeepaliveInterval">Longest silence before a keep-alive packet, 1 to 30 s.</param>
/// <param name="HandshakeTimeout">How long a handshake may take, 1 to 15 s.</param>
/// <param name="Bind">Local address and UDP port, 0 for a free one.</param>
internal sealed record NetworkingSettings(
    bool RelayFallback, int MaxTunnels, TimeSpan KeepaliveInterval, TimeSpan HandshakeTimeout, IPEndPoint Bind)
{
    public static NetworkingSettings FromConfig(SectionReader section)
    {
        section.Choice("nat-strategy", "stun-holepunch-relay");
        return new NetworkingSettings(
            section.Switch("relay-fallback"),
            section.Integer("max-tunnels", 1, 16_384),
            section.Duration("keepalive-interval", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            section.Duration("handshake-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),
            section.Value<IPEndPoint>("bind", Endpoints.BindForm, Endpoints.TryBind));
    }
}
