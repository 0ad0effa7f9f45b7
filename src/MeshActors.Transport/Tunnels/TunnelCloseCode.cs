namespace MeshActors.Transport.Tunnels;

/// <summary>Codes of a CLOSE frame (docs/protocol.md, section 6).</summary>
internal static class TunnelCloseCode
{
    /// <summary>Nothing is wrong; the tunnel is not needed.</summary>
    public const ulong NotNeeded = 0;

    /// <summary>The node goes down.</summary>
    public const ulong ShuttingDown = 1;

    /// <summary>The other side broke the protocol.</summary>
    public const ulong ProtocolViolation = 2;

    /// <summary>Too many tunnels are open here.</summary>
    public const ulong TooManyTunnels = 3;

    /// <summary>The tunnel failed and could not be reopened in time.</summary>
    public const ulong Unreachable = 4;

    /// <summary>There is no direct path, and a relay may not carry streams.</summary>
    public const ulong NoDirectPath = 5;
}
