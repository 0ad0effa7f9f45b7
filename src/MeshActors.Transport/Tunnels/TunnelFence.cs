using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>Calls the machines of a tunnel so that one that breaks ends its tunnel, and no other.</summary>
/// <remarks>An exception of a machine is a mistake of ours, never an answer to the network; it is kept for the log.</remarks>
internal sealed class TunnelFence
{
    /// <summary>Faults kept; further ones end their tunnels all the same, unsaid.</summary>
    public const int MaxFaults = 64;

    private readonly Queue<TunnelFault> _faults = new();

    /// <inheritdoc cref="Tunnel.HandlePacket"/>
    public void HandlePacket(
        Tunnel tunnel, TunnelSession session, Span<byte> packet, UdpEndpoint from, EcnMark ecn, MonoTime now)
    {
        try
        {
            tunnel.HandlePacket(session, packet, from, ecn, now);
        }
#pragma warning disable CA1031 // Whatever one tunnel's machine throws must not end the loop that all tunnels share.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Break(tunnel, fault, now);
        }
    }

    /// <inheritdoc cref="Tunnel.HandleTimeout"/>
    public void HandleTimeout(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        try
        {
            tunnel.HandleTimeout(now, utcNow);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Break(tunnel, fault, now);
        }
    }

    /// <inheritdoc cref="Tunnel.PollTransmit"/>
    public int PollTransmit(Tunnel tunnel, Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        try
        {
            return tunnel.PollTransmit(destination, out transmit, now);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Break(tunnel, fault, now);
            transmit = default;
            return 0;
        }
    }

    /// <summary>Ends a tunnel that threw; none of its machines is asked again.</summary>
    /// <param name="tunnel">Null when what threw belongs to no tunnel: then nothing ends.</param>
    /// <param name="fault">What was thrown.</param>
    /// <param name="now">The present.</param>
    public void Break(Tunnel? tunnel, Exception fault, MonoTime now)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Enqueue(new TunnelFault(tunnel?.Peer.Address, fault));
        }

        tunnel?.Close(TunnelCloseCause.Broken, 0, "broken here; the log says how", now);
    }

    public bool PollFault(out TunnelFault fault) => _faults.TryDequeue(out fault);
}

/// <summary>What the machines of one tunnel threw, or those of a handshake.</summary>
/// <param name="Peer">To whom the tunnel led; null when there was none yet.</param>
/// <param name="Fault">What was thrown.</param>
internal readonly record struct TunnelFault(MeshAddress? Peer, Exception Fault);
