using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Finds UDP ports that are free on several addresses at once.</summary>
internal static class FreePorts
{
    /// <summary>Binds a port that is free on all addresses; the caller owns the sockets.</summary>
    public static List<Socket> Bind(params IPAddress[] addresses)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var sockets = new List<Socket>();
            try
            {
                var port = 0;
                foreach (var address in addresses)
                {
                    var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                    sockets.Add(socket);
                    socket.Bind(new IPEndPoint(address, port));
                    port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                }

                return sockets;
            }
            catch (SocketException)
            {
                sockets.ForEach(socket => socket.Dispose());
            }
        }

        throw new InvalidOperationException("no port is free on all addresses");
    }

    /// <summary>A port that was free a moment ago on all addresses.</summary>
    public static int Find(params IPAddress[] addresses)
    {
        var sockets = Bind(addresses);
        var port = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
        sockets.ForEach(socket => socket.Dispose());
        return port;
    }
}
