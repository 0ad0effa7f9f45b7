using System;

namespace MeshActors.Transport.Identity;

/// <summary>What two nodes must have in common for a handshake to run: a fleet secret, or roots that each side pinned.</summary>
internal sealed class TrustContext
{
    /// <summary>Bytes of <see cref="Psk"/>.</summary>
    public const int PskSize = FleetSecret.Size;

    /// <summary>The context of pinned roots: no secret, 32 zero bytes in its place.</summary>
    public static readonly TrustContext PinnedRoots = new(null);

    private static readonly byte[] NoSecret = new byte[PskSize];

    private readonly FleetSecret? _secret;

    private TrustContext(FleetSecret? secret)
    {
        _secret = secret;
    }

    /// <summary>True when the peer proves the fleet's secret, false when only its root counts.</summary>
    public bool IsFleet => _secret is not null;

    /// <summary>The fleet, or 0 without a secret.</summary>
    public UInt128 FleetId => _secret?.FleetId ?? 0;

    /// <summary>The pre-shared key of Noise, and the secret part of the key of mac1.</summary>
    internal ReadOnlySpan<byte> Psk => _secret is null ? NoSecret : _secret.Secret;

    public static TrustContext Of(FleetSecret secret) => new(secret);
}
