using System;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Tunnels;

/// <summary>Times and bounds of all tunnels of a node.</summary>
internal sealed record TunnelSettings
{
    /// <summary>Most tunnels of one node: their sessions' keys, two of each while one replaces the other, fit the locked memory.</summary>
    public const int MostTunnels = 16_384;

    /// <summary>An attempt to open a session ends after this.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A tunnel that received nothing for this long asks for a sign of life; 1 to 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A tunnel whose peer acknowledged nothing for this long, though asked, shakes hands beside its data: a peer that was started anew
    /// answers that and nothing else. Two probe timeouts when those are longer.
    /// </summary>
    public TimeSpan SuspicionTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A tunnel whose peer acknowledged nothing for this long, though asked, has failed; three probe timeouts when those
    /// are longer. Below one second a busy machine looks like a dead one.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A failed tunnel that its owner neither reopens nor closes ends after this.</summary>
    public TimeSpan AbandonTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tunnels at most; a handshake beyond is dropped, an attempt to open one refused.</summary>
    public int MaxTunnels { get; init; } = 256;

    /// <summary>
    /// Bytes of the largest datagram that is tried, UDP payload; 1,200 to 65,000. Beyond 8,900 only toward addresses of this machine.
    /// </summary>
    public int MaxDatagramBytes { get; init; } = 16_384;

    /// <summary>Whether relays may carry streams while there is no direct path. They carry handshakes and what finds direct paths in any case.</summary>
    public bool RelayFallback { get; init; } = true;

    /// <summary>How long streams wait for a direct path when no relay may carry them, each time there is none; 1 s to 5 minutes.</summary>
    public TimeSpan DirectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether direct paths are looked for by guessing ports.</summary>
    public PunchSettings Punching { get; init; } = new();

    /// <summary>When keys are replaced.</summary>
    public RekeySettings Rekey { get; init; } = new();

    /// <summary>Bounds of each tunnel's streams.</summary>
    public StreamLimits Streams { get; init; } = StreamLimits.Default;

    /// <summary>What our attempts may use; what we answer is what our certificate offers.</summary>
    public CipherSuites Suites { get; init; } = CipherSuiteChoice.Supported;

    /// <summary>What we tell peers that we can do.</summary>
    public TunnelFeatures Features { get; init; } = TunnelFeatures.Own;

    /// <summary>What peers are told: <see cref="Features"/>, and what is wanted of them.</summary>
    public TunnelFeatures ToldFeatures => RelayFallback ? Features : Features | TunnelFeatures.DirectOnly;

    /// <summary>How much strangers may make the node do.</summary>
    public HandshakeLimits Handshakes { get; init; } = new();
}
