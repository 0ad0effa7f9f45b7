using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Io;

/// <summary>Runs one behaviour discovery over UDP sockets of its own.</summary>
internal static class BehaviourProbe
{
    /// <summary>Enough for the samples of ports to outlast the loss of two.</summary>
    public const int Sockets = PortSamples.Least + 2;

    /// <summary>Asks the servers until everything is known or given up, about three seconds.</summary>
    /// <param name="servers">1 to 4 servers of one address family.</param>
    /// <param name="clock">Reads time.</param>
    /// <param name="random">Chance for transaction ids.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="SocketException">This machine has no address of that family, or no free ports.</exception>
    public static async Task<BehaviourDiscovery> RunAsync(
        ImmutableArray<UdpEndpoint> servers, Clock clock, IRandomSource random, CancellationToken cancellation)
    {
        var sockets = new List<Socket>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var address = LocalAddressToward(servers[0]);
            for (var i = 0; i < Sockets; i++)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(address, 0));
            }

            var local = sockets.Select(socket => UdpEndpoint.From((IPEndPoint)socket.LocalEndPoint!));
            var discovery = new BehaviourDiscovery(new BehaviourSettings(servers, [.. local]), random, clock.Now);
            await DriveAsync(discovery, sockets, clock, end.Token);
            return discovery;
        }
        finally
        {
            await end.CancelAsync();
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task DriveAsync(
        BehaviourDiscovery discovery, List<Socket> sockets, Clock clock, CancellationToken cancellation)
    {
        var outbound = new byte[StunRequest.MaxSize];
        var inbound = sockets.ConvertAll(_ => new byte[StunMessage.MaxSize]);
        var receives = sockets.Select((socket, index) => ReceiveAsync(socket, inbound[index], cancellation)).ToArray();
        while (!discovery.IsOver)
        {
            while (discovery.PollTransmit(outbound, out var socket, out var to, clock.Now) is > 0 and var length)
            {
                Send(sockets[socket], outbound.AsSpan(0, length), to);
            }

            if (discovery.NextTimeout is { } due && due - clock.Now is var wait && wait > TimeSpan.Zero)
            {
                using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny([.. receives, Task.Delay(wait, clock.Provider, woken.Token)]);
                await woken.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }

            for (var index = 0; index < receives.Length; index++)
            {
                if (receives[index].IsCompleted)
                {
                    var (length, source) = await receives[index];
                    discovery.HandleDatagram(index, source, inbound[index].AsSpan(0, length), clock.Now);
                    receives[index] = ReceiveAsync(sockets[index], inbound[index], cancellation);
                }
            }

            discovery.HandleTimeout(clock.Now);
        }
    }

    /// <summary>What cannot be sent is lost: the question is asked again or given up.</summary>
    private static void Send(Socket socket, ReadOnlySpan<byte> datagram, UdpEndpoint to)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to.ToIPEndPoint());
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Reads one datagram; what is too long for the buffer, and an error that came in its place, is an empty one.</summary>
    private static async Task<(int Length, UdpEndpoint From)> ReceiveAsync(
        Socket socket, byte[] buffer, CancellationToken cancellation)
    {
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, cancellation);
            return (received.ReceivedBytes, UdpEndpoint.From((IPEndPoint)received.RemoteEndPoint));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return (0, default);
        }
    }

    /// <summary>The address that this machine sends from to a server: a UDP socket that is connected sends nothing.</summary>
    private static IPAddress LocalAddressToward(UdpEndpoint server)
    {
        var to = server.ToIPEndPoint();
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(to);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }
}
