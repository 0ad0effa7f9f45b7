using System;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>The owner of an engine's tunnels, as the driver loop calls it: in order, quickly, never blocking.</summary>
internal interface IEngineHandler
{
    /// <summary>A session is there: the first, or a further one after a failure.</summary>
    void OnTunnelOpened(MeshTunnel tunnel);

    /// <summary>No session answers: streams wait, and the owner decides to reopen or to close.</summary>
    void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure);

    /// <summary>The end of the tunnel; its streams have ended before.</summary>
    void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason);

    /// <summary>The peer opened a stream.</summary>
    /// <returns>Who handles it; null refuses it.</returns>
    IStreamHandler? OnStreamAccepted(MeshStream stream);

    /// <summary>A datagram arrived, in a fresh array the handler may keep; without a handler it is let go.</summary>
    void OnDatagram(MeshTunnel tunnel, ReadOnlyMemory<byte> datagram)
    {
    }

    /// <summary>Something changed with a relay that this node uses.</summary>
    void OnRelayChanged(RelayChange change)
    {
    }

    /// <summary>This node may be reached elsewhere than before, or it is known how the NATs before it behave.</summary>
    void OnPlaceChanged(LocalCandidates candidates)
    {
    }

    /// <summary>A callback or a machine failed; what it belongs to was closed, the loop goes on.</summary>
    /// <param name="where">What was being done, for the log.</param>
    /// <param name="fault">The exception.</param>
    void OnFault(string where, Exception fault);
}
