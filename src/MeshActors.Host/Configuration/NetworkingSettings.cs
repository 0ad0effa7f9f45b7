using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.networking</c>: the node's tunnels.</summary>
/// <param name="RelayFallback">Whether a relay may carry what no direct path can.</param>
/// <param name="PortMapping">Whether the gateway of the network is asked to let others in to the port of <paramref name="Bind"/>.</param>
/// <param name="Punching">Whether it takes part in guessing ports.</param>
/// <param name="Relays">Relays this node keeps leases at.</param>
/// <param name="MaxTunnels">Tunnels open at once, 1 to 16,384.</param>
/// <param name="KeepaliveInterval">Longest silence before a keep-alive packet, 1 to 30 s.</param>
/// <param name="HandshakeTimeout">How long a handshake may take, 1 to 15 s.</param>
/// <param name="Bind">Local address and UDP port, 0 for a free one.</param>
internal sealed record NetworkingSettings(
    bool RelayFallback,
    bool PortMapping,
    bool Punching,
    ImmutableArray<RelayEntry> Relays,
    int MaxTunnels,
    TimeSpan KeepaliveInterval,
    TimeSpan HandshakeTimeout,
    IPEndPoint Bind)
{
    /// <summary>Reads the section.</summary>
    /// <param name="section">The user's.</param>
    /// <param name="relay">Keys of an element of its relays.</param>
    public static NetworkingSettings FromConfig(SectionReader section, ConfigValue relay)
    {
        section.Choice("nat-strategy", "stun-holepunch-relay");
        return new NetworkingSettings(
            section.Switch("relay-fallback"),
            section.Switch("port-mapping"),
            section.Switch("punching"),
            [.. section.Sections("relays", RelayEntry.Most, relay).Select(RelayEntry.FromConfig)],
            section.Integer("max-tunnels", 1, 16_384),
            section.Duration("keepalive-interval", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            section.Duration("handshake-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),
            section.Value<IPEndPoint>("bind", Endpoints.BindForm, Endpoints.TryBind));
    }
}
