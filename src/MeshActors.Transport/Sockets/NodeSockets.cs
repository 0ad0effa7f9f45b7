using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace MeshActors.Transport.Sockets;

/// <summary>Binds the sockets of a node, of the fastest kind that the system has.</summary>
internal static class NodeSockets
{
    /// <param name="kind">Which kind; <see cref="SocketKind.Auto"/> falls back to the portable one.</param>
    /// <param name="endpoints">At least one; port 0 picks a free port.</param>
    /// <exception cref="SocketException">An endpoint is taken or is none of this machine's; nothing stays bound.</exception>
    public static IDatagramSockets Bind(SocketKind kind, IReadOnlyList<IPEndPoint> endpoints)
    {
        ArgumentOutOfRangeException.ThrowIfZero(endpoints.Count, nameof(endpoints));
        switch (kind)
        {
            case SocketKind.Linux:
                return new LinuxSockets(endpoints);
            case SocketKind.Auto when LinuxCalls.AreHere:
                try
                {
                    return new LinuxSockets(endpoints);
                }
                catch (SocketException failure) when (failure.SocketErrorCode
                    is SocketError.ProtocolOption or SocketError.OperationNotSupported or SocketError.InvalidArgument)
                {
                    return new PortableSockets(
                        endpoints, $"the kernel does not split and join datagrams ({failure.SocketErrorCode})");
                }

            case SocketKind.Auto:
                return new PortableSockets(endpoints, "the system is not a 64-bit Linux");
            case SocketKind.Portable:
                return new PortableSockets(endpoints);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }
}
